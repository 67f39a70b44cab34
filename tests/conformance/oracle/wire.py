"""The two encodings that provider plugins speak: protocol buffers for messages, MessagePack for values.

A message is written by hand here, as a dictionary from field numbers to contents, because only a dozen of them are
needed. What the encoding is follows the public description of protocol buffers:

* a field is a tag, `number << 3 | kind`, and its content; the kinds that occur are 0, a varint, and 2, a length as a
  varint and as many bytes. Texts, bytes and messages are all of the latter kind;
* a field that is left out is false, 0 or empty; one that is repeated is a list here, and a list of one gives a message
  that has to be there though it is empty; an entry of a map is a message with the key in field 1 and the value in 2.

A value is MessagePack as Terraform uses it: objects and maps are maps, sets and tuples are arrays, anything unknown is
an extension, and what a schema leaves the type of open is a pair of the type, as JSON text, and the value.
"""

import msgpack

UNKNOWN = "<unknown>"
"""What stands for an unknown value wherever a person reads or writes one."""


def encode(fields):
    """The bytes of a message."""
    encoded = b""
    for number, content in sorted(fields.items()):
        for one in content if isinstance(content, list) else [content]:
            if isinstance(one, str):
                one = one.encode()
            if isinstance(one, int):
                encoded += varint(number << 3) + varint(one) if one else b""
            elif one or isinstance(content, list):
                encoded += varint(number << 3 | 2) + varint(len(one)) + one
    return encoded


def decode(encoded):
    """The fields of a message, each with the last of its contents: an integer or bytes."""
    fields, at = {}, 0
    while at < len(encoded):
        tag, at = read_varint(encoded, at)
        content, at = read_varint(encoded, at)
        if tag & 7 == 2:
            content, at = encoded[at : at + content], at + content
        elif tag & 7 != 0:
            raise ValueError(f"a field of kind {tag & 7}")
        fields[tag >> 3] = content
    return fields


def mapping(entries):
    """The content of a field that is a map."""
    return [encode({1: key, 2: value}) for key, value in entries.items()]


def encode_value(value):
    """A value with `UNKNOWN` in it, as MessagePack."""

    def prepared(value):
        if value == UNKNOWN:
            return msgpack.ExtType(0, b"\0")
        if isinstance(value, dict):
            return {key: prepared(part) for key, part in value.items()}
        if isinstance(value, list):
            return [prepared(part) for part in value]
        return value

    return msgpack.packb(prepared(value))


def decode_value(encoded):
    """The value, with `UNKNOWN` for what is unknown and the JSON text of a type for a type."""

    def readable(value):
        if isinstance(value, bytes):
            return value.decode()
        if isinstance(value, dict):
            return {key: readable(part) for key, part in value.items()}
        if isinstance(value, list):
            return [readable(part) for part in value]
        return value

    return readable(msgpack.unpackb(encoded, ext_hook=lambda code, data: UNKNOWN, strict_map_key=False))


def varint(number):
    encoded = b""
    while number > 127:
        encoded += bytes([number & 127 | 128])
        number >>= 7
    return encoded + bytes([number])


def read_varint(encoded, at):
    number, shift = 0, 0
    while encoded[at] & 128:
        number |= (encoded[at] & 127) << shift
        at, shift = at + 1, shift + 7
    return number | encoded[at] << shift, at + 1
