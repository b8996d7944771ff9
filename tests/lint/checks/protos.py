"""Protos: a comment on everything, names by the style, and the signed packages kept simple."""

import re
import subprocess
import tempfile

import descriptor

NAME = "protos"

# Signed or logged: what two readers could take differently has no place there.
SIGNED = re.compile(r"^passerelle\.(statement|record|convention)\.")
PACKAGE = re.compile(r"^passerelle\.[a-z][a-z0-9]*\.v[1-9][0-9]*$")


def upper_snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).upper()


def check(tree):
    files = [file.path.removeprefix("proto/") for file in tree.protos()]
    if not files:
        return
    with tempfile.NamedTemporaryFile() as out:
        done = subprocess.run(
            ["protoc", "-I.", "--include_source_info", f"--descriptor_set_out={out.name}", *files],
            cwd=tree.root / "proto", capture_output=True, text=True, check=False)
        if done.returncode != 0:
            yield f"protoc: {done.stderr.strip()}"
            return
        for file in descriptor.read_set(out.read()):
            yield from check_file(file)


def check_file(file):
    where = f"proto/{file.name}"
    folder = file.name.rpartition("/")[0].replace("/", ".")
    if file.package != folder or not PACKAGE.match(file.package):
        yield f"{where}:1: the package is its folder, and versioned: {folder}"
    for element in file.elements:
        at = f"{where}:{element.line}: {element.kind} {element.name}"
        if not element.comment.strip():
            yield f"{at}: no comment before it"
        if element.kind == "enum":
            yield from check_enum(at, element)
        if element.kind == "service" and not element.name.endswith("Service"):
            yield f"{at}: a service is named …Service"
        if element.kind == "field":
            yield from check_field(at, element, SIGNED.match(file.package))


def check_enum(at, element):
    prefix = upper_snake(element.name) + "_"
    if element.nested:
        yield f"{at}: enums stand at package level"
    for value in element.values:
        if not value.name.startswith(prefix):
            yield f"{at}: {value.name} does not begin with {prefix}"
    zero = next((value.name for value in element.values if value.number == 0), "none")
    if zero != prefix + "UNSPECIFIED":
        yield f"{at}: value 0 is {prefix}UNSPECIFIED, not {zero}"


def check_field(at, element, signed):
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", element.name) or len(element.name) < 2:
        yield f"{at}: lower_snake_case, and a word"
    if not signed:
        return
    if element.is_map:
        yield f"{at}: no map in a signed package"
    elif element.type == descriptor.BOOL:
        yield f"{at}: no bool in a signed package"
    elif element.repeated and element.type not in descriptor.REPEATABLE:
        yield f"{at}: no repeated number or enum in a signed package"
