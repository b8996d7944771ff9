"""Prints a spreadsheet as JSON: its sheets by name, in order, each a list of lines of texts.

Reads the file as its format says (a ZIP of XML parts) with nothing but Python's own library; refuses formulas
and cells that are not texts.
"""

import json
import sys
import xml.etree.ElementTree as xml
import zipfile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PART = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def column_of(reference):
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def lines_of(sheet, texts):
    for row in sheet.iter(MAIN + "row"):
        line = []
        for cell in row.iter(MAIN + "c"):
            assert cell.find(MAIN + "f") is None, "a formula at " + cell.get("r")
            line += [""] * (column_of(cell.get("r")) - 1 - len(line))
            value = cell.find(MAIN + "v")
            assert value is None or cell.get("t") == "s", "not a text at " + cell.get("r")
            line.append("" if value is None else texts[int(value.text)])
        yield line


def read(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None, "a part is damaged"
        shared = xml.fromstring(archive.read("xl/sharedStrings.xml"))
        texts = ["".join(text.text or "" for text in item.iter(MAIN + "t"))
                 for item in shared.iter(MAIN + "si")]
        parts = {part.get("Id"): "xl/" + part.get("Target")
                 for part in xml.fromstring(archive.read("xl/_rels/workbook.xml.rels")).iter(PART)}
        book = xml.fromstring(archive.read("xl/workbook.xml"))
        return {sheet.get("name"): list(lines_of(xml.fromstring(archive.read(parts[sheet.get(LINK)])), texts))
                for sheet in book.iter(MAIN + "sheet")}


json.dump(read(sys.argv[1]), sys.stdout)
