"""Reads a FileDescriptorSet with source information, as protoc writes it: just what the lints ask for.

Field numbers are those of google/protobuf/descriptor.proto.
"""

import dataclasses

STRING, GROUP, MESSAGE, BYTES, BOOL = 9, 10, 11, 12, 8
# How the scalar types of our protos are written.
SCALARS = {3: "int64", 4: "uint64", 5: "int32", 8: "bool", 9: "string", 12: "bytes", 13: "uint32"}
REPEATABLE = (STRING, MESSAGE, BYTES)
REPEATED = 3


@dataclasses.dataclass
class Value:
    """A value of an enum."""

    name: str
    number: int


@dataclasses.dataclass
class Element:
    """Anything that has a name in a proto."""

    kind: str
    name: str
    line: int
    comment: str
    nested: bool = False
    type: int = 0
    # Of a field: its number, and the name of the message or enum it holds, if any.
    number: int = 0
    type_name: str = ""
    repeated: bool = False
    is_map: bool = False
    values: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class ProtoFile:
    """One file: its path below proto/, its package, its elements in order of the descriptor."""

    name: str
    package: str
    elements: list


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data):
    """Field number → values: ints for varints, bytes for the rest."""
    found = {}
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire == 2:
            length, at = varint(data, at)
            value, at = data[at:at + length], at + length
        else:
            size = 8 if wire == 1 else 4
            value, at = data[at:at + size], at + size
        found.setdefault(key >> 3, []).append(value)
    return found


def text(message, number):
    return message[number][-1].decode() if number in message else ""


def number_of(message, number):
    return message[number][-1] if number in message else 0


def packed(data):
    at = 0
    while at < len(data):
        value, at = varint(data, at)
        yield value


class _Reader:
    """Walks one FileDescriptorProto with the path of every element in hand."""

    def __init__(self, data):
        self.file = fields(data)
        self.elements = []
        self.places = {}
        for info in self.file.get(9, ()):
            for location in map(fields, fields(info).get(1, ())):
                path = tuple(value for part in location.get(1, ()) for value in packed(part))
                line = next(value for part in location[2] for value in packed(part)) + 1
                self.places[path] = (line, text(location, 3))

    def add(self, kind, message, path, **more):
        line, comment = self.places.get(path, (1, ""))
        self.elements.append(Element(kind, text(message, 1), line, comment, **more))

    def read(self):
        for index, data in enumerate(self.file.get(4, ())):
            self.message(fields(data), (4, index))
        for index, data in enumerate(self.file.get(5, ())):
            self.enum(fields(data), (5, index), nested=False)
        for index, data in enumerate(self.file.get(6, ())):
            service = fields(data)
            self.add("service", service, (6, index))
            for ordinal, method in enumerate(service.get(2, ())):
                self.add("rpc", fields(method), (6, index, 2, ordinal))
        return ProtoFile(text(self.file, 1), text(self.file, 2), self.elements)

    def message(self, message, path):
        self.add("message", message, path)
        nested = [fields(data) for data in message.get(3, ())]
        maps = {text(entry, 1) for entry in nested
                if any(number_of(fields(options), 7) for options in entry.get(7, ()))}
        synthetic = set()
        for index, data in enumerate(message.get(2, ())):
            field = fields(data)
            if number_of(field, 17):
                synthetic.add(number_of(field, 9))
            self.add("field", field, (*path, 2, index), type=number_of(field, 5),
                     number=number_of(field, 3), type_name=text(field, 6),
                     repeated=number_of(field, 4) == REPEATED,
                     is_map=text(field, 6).rpartition(".")[2] in maps)
        for index, data in enumerate(message.get(8, ())):
            if index not in synthetic:
                self.add("oneof", fields(data), (*path, 8, index))
        for index, entry in enumerate(nested):
            if text(entry, 1) not in maps:
                self.message(entry, (*path, 3, index))
        for index, data in enumerate(message.get(4, ())):
            self.enum(fields(data), (*path, 4, index), nested=True)

    def enum(self, enum, path, nested):
        values = []
        for index, data in enumerate(enum.get(2, ())):
            value = fields(data)
            values.append(Value(text(value, 1), number_of(value, 2)))
            self.add("value", value, (*path, 2, index))
        self.add("enum", enum, path, nested=nested, values=values)


def read_set(data):
    """The files of a FileDescriptorSet."""
    return [_Reader(file).read() for file in fields(data).get(1, ())]
