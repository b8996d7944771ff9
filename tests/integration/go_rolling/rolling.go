// Prints the SHA-256 over every root, inclusion proof and consistency proof of the trees of 1 to 300 leaves, as
// golang.org/x/mod/sumdb/tlog makes them: what tests/unit/audit/merkle/vectors_test.cc must come to as well.
package main

import (
	"crypto/sha256"
	"fmt"
	"log"

	"golang.org/x/mod/sumdb/tlog"
)

type store []tlog.Hash

func (s store) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		found[i] = s[index]
	}
	return found, nil
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	var hashes store
	rolling := sha256.New()
	add := func(list []tlog.Hash) {
		for _, hash := range list {
			rolling.Write(hash[:])
		}
	}
	for size := int64(1); size <= 300; size++ {
		hashes = append(hashes, must(tlog.StoredHashes(size-1, []byte(fmt.Sprintf("leaf %d", size-1)), hashes))...)
		add([]tlog.Hash{must(tlog.TreeHash(size, hashes))})
		for index := int64(0); index < size; index++ {
			add(must(tlog.ProveRecord(size, index, hashes)))
		}
		for from := int64(1); from <= size; from++ {
			add(must(tlog.ProveTree(size, from, hashes)))
		}
	}
	fmt.Printf("%x\n", rolling.Sum(nil))
}
