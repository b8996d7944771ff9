// Verify accepts or rejects the export of a log, with Go's own transparency-log packages and none of
// Passerelle's code: a second opinion.
//
// Build (Debian: golang-go, golang-golang-x-mod-dev; no network):
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o verify verify.go
//
// Use:
//
//	verify [--vkey VKEY] [--mutate] FOLDER
//
// FOLDER has the layout of c2sp.org/tlog-tiles: checkpoint, log.vkey, tile/<L>/<N>[.p/<W>] and
// tile/entries/<N>[.p/<W>]. Whoever knows the log's key from elsewhere gives it with --vkey, since
// log.vkey comes from the same hand as the rest. With --mutate, one bit of every byte of every entry
// bundle, every tile and the checkpoint's text is changed in memory, one at a time, and each such
// log must be rejected.
//
// Exit 0 accepted, 1 rejected (one sentence says why), 2 usage.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight        = 8
	tileWidth         = 1 << tileHeight
	maxMutatedEntries = 20
)

// An export is a set of named files.
type export struct {
	names []string
	read  func(name string) ([]byte, error)
}

// A checkpoint is what the log's key signed.
type checkpoint struct {
	text string
	size int64
	root tlog.Hash
}

func main() {
	vkey := flag.String("vkey", "", "the log's verifier key, instead of log.vkey")
	mutate := flag.Bool("mutate", false, "demand that every changed byte is rejected")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: verify [--vkey VKEY] [--mutate] FOLDER")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *vkey, *mutate); err != nil {
		fmt.Fprintf(os.Stderr, "rejected: %v\n", err)
		os.Exit(1)
	}
}

func run(folder, vkey string, mutate bool) error {
	log, err := openFolder(folder)
	if err != nil {
		return err
	}
	head, err := verify(log, vkey)
	if err != nil {
		return err
	}
	fmt.Printf("accepted: %d entries, root %v\n", head.size, head.root)
	if !mutate {
		return nil
	}
	if head.size > maxMutatedEntries {
		return fmt.Errorf("--mutate is for logs of at most %d entries", maxMutatedEntries)
	}
	return rejectMutations(log, vkey, head)
}

// openFolder lists the files of a folder.
func openFolder(folder string) (export, error) {
	log := export{read: func(name string) ([]byte, error) {
		return os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
	}}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !entry.Type().IsRegular() {
			return fmt.Errorf("%s is not a regular file", path)
		}
		name, err := filepath.Rel(folder, path)
		log.names = append(log.names, filepath.ToSlash(name))
		return err
	})
	return log, err
}

// verify accepts a log or says what is wrong with it.
func verify(log export, vkey string) (checkpoint, error) {
	head, err := openCheckpoint(log, vkey)
	if err != nil {
		return head, err
	}
	tiles := tilesOf(head.size)
	if err := checkNames(log, tiles); err != nil {
		return head, err
	}
	hashes, err := hashEntries(log, head.size)
	if err != nil {
		return head, err
	}
	root := tlog.Hash(sha256.Sum256(nil))
	if head.size > 0 {
		if root, err = tlog.TreeHash(head.size, hashes); err != nil {
			return head, err
		}
	}
	if root != head.root {
		return head, fmt.Errorf("the entries lead to the root %v, not to the signed %v", root, head.root)
	}
	for _, tile := range tiles {
		if tile.L < 0 {
			continue
		}
		want, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return head, err
		}
		got, err := log.read(nameOf(tile))
		if err != nil {
			return head, fmt.Errorf("a tile cannot be read: %v", err)
		}
		if !bytes.Equal(got, want) {
			return head, fmt.Errorf("%s does not hold the hashes of the entries", nameOf(tile))
		}
	}
	return head, nil
}

// openCheckpoint checks the signature and reads origin, size and root.
func openCheckpoint(log export, vkey string) (checkpoint, error) {
	var head checkpoint
	file, err := log.read("log.vkey")
	if err != nil {
		return head, fmt.Errorf("the log's key cannot be read: %v", err)
	}
	own := strings.TrimSuffix(string(file), "\n")
	if vkey != "" && vkey != own {
		return head, errors.New("log.vkey is not the given key")
	}
	verifier, err := note.NewVerifier(own)
	if err != nil {
		return head, fmt.Errorf("log.vkey is not a verifier key: %v", err)
	}
	signed, err := log.read("checkpoint")
	if err != nil {
		return head, fmt.Errorf("the checkpoint cannot be read: %v", err)
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return head, fmt.Errorf("the checkpoint is not signed by the log's key: %v", err)
	}
	head.text = opened.Text
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] == "" || lines[3] != "" {
		return head, errors.New("the checkpoint's text is not an origin, a size and a root")
	}
	head.size, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || head.size < 0 || strconv.FormatInt(head.size, 10) != lines[1] {
		return head, errors.New("the checkpoint's size is not a canonical decimal")
	}
	if head.root, err = tlog.ParseHash(lines[2]); err != nil || head.root.String() != lines[2] {
		return head, errors.New("the checkpoint's root is not a hash in base64")
	}
	return head, nil
}

// tilesOf lists the bundles (level -1) and tiles that a log of this size has.
func tilesOf(size int64) []tlog.Tile {
	var tiles []tlog.Tile
	add := func(level int, count int64) {
		for n := int64(0); n < count/tileWidth; n++ {
			tiles = append(tiles, tlog.Tile{H: tileHeight, L: level, N: n, W: tileWidth})
		}
		if rest := int(count % tileWidth); rest > 0 {
			tiles = append(tiles, tlog.Tile{H: tileHeight, L: level, N: count / tileWidth, W: rest})
		}
	}
	add(-1, size)
	for level, count := 0, size; count > 0; level, count = level+1, count/tileWidth {
		add(level, count)
	}
	return tiles
}

// nameOf is the file name of a tile: that of Go's checksum database without the height, and with
// `entries` for `data`.
func nameOf(tile tlog.Tile) string {
	if tile.L < 0 {
		return strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
	}
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

// checkNames demands exactly the files that a log of this size has.
func checkNames(log export, tiles []tlog.Tile) error {
	want := map[string]bool{"checkpoint": true, "log.vkey": true}
	for _, tile := range tiles {
		want[nameOf(tile)] = true
	}
	for _, name := range log.names {
		if !want[name] {
			return fmt.Errorf("%s is no file of a log of this size", name)
		}
		delete(want, name)
	}
	missing := make([]string, 0, len(want))
	for name := range want {
		missing = append(missing, name)
	}
	sort.Strings(missing)
	if len(missing) > 0 {
		return fmt.Errorf("%s is missing", missing[0])
	}
	return nil
}

// storedHashes are all hashes of a tree in the order of tlog.StoredHashIndex.
type storedHashes []tlog.Hash

func (s storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, 0, len(indexes))
	for _, index := range indexes {
		if index < 0 || index >= int64(len(s)) {
			return nil, errors.New("a hash beyond the tree was asked for")
		}
		hashes = append(hashes, s[index])
	}
	return hashes, nil
}

// hashEntries reads every bundle and hashes its entries into the tree.
func hashEntries(log export, size int64) (storedHashes, error) {
	var hashes storedHashes
	for index := int64(0); index < size; index += tileWidth {
		width := size - index
		if width > tileWidth {
			width = tileWidth
		}
		name := nameOf(tlog.Tile{H: tileHeight, L: -1, N: index / tileWidth, W: int(width)})
		bundle, err := log.read(name)
		if err != nil {
			return nil, fmt.Errorf("a bundle cannot be read: %v", err)
		}
		for i := int64(0); i < width; i++ {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				return nil, fmt.Errorf("%s ends inside entry %d", name, index+i)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			added, err := tlog.StoredHashes(index+i, bundle[2:end], hashes)
			if err != nil {
				return nil, err
			}
			hashes = append(hashes, added...)
			bundle = bundle[end:]
		}
		if len(bundle) > 0 {
			return nil, fmt.Errorf("%s holds more than its %d entries", name, width)
		}
	}
	return hashes, nil
}

// A mutation changes one bit of one file.
type mutation struct {
	name   string
	offset int
}

// rejectMutations demands that verify rejects every log that differs in one byte.
func rejectMutations(log export, vkey string, head checkpoint) error {
	files := make(map[string][]byte)
	var mutations []mutation
	counts := make(map[string]int)
	for _, name := range log.names {
		file, err := log.read(name)
		if err != nil {
			return err
		}
		files[name] = file
		length, kind := len(file), "tiles"
		switch {
		case name == "log.vkey":
			continue
		case name == "checkpoint":
			length, kind = len(head.text), "the checkpoint's text"
		case strings.HasPrefix(name, "tile/entries/"):
			kind = "entry bundles"
		}
		for offset := 0; offset < length; offset++ {
			mutations = append(mutations, mutation{name, offset})
		}
		counts[kind] += length
	}
	var group sync.WaitGroup
	workers := runtime.NumCPU()
	accepted := make([]*mutation, workers)
	for worker := 0; worker < workers; worker++ {
		group.Add(1)
		go func(worker int) {
			defer group.Done()
			for i := worker; i < len(mutations); i += workers {
				if _, err := verify(mutated(log.names, files, mutations[i]), vkey); err == nil {
					accepted[worker] = &mutations[i]
					return
				}
			}
		}(worker)
	}
	group.Wait()
	for _, m := range accepted {
		if m != nil {
			return fmt.Errorf("%s was accepted although byte %d was changed", m.name, m.offset)
		}
	}
	fmt.Printf("rejected: %d mutations (%d of entry bundles, %d of tiles, %d of the checkpoint's text)\n",
		len(mutations), counts["entry bundles"], counts["tiles"], counts["the checkpoint's text"])
	return nil
}

// mutated is the export in memory with one bit changed; which bit goes round with the offset.
func mutated(names []string, files map[string][]byte, m mutation) export {
	changed := append([]byte(nil), files[m.name]...)
	changed[m.offset] ^= 1 << (m.offset % 8)
	return export{names, func(name string) ([]byte, error) {
		if name == m.name {
			return changed, nil
		}
		return files[name], nil
	}}
}
