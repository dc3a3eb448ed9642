"""Write a small .xls (BIFF8 in a compound file) by hand: enough for labels, numbers and merged cells."""

import struct


def _record(kind, data=b""):
    return struct.pack("<HH", kind, len(data)) + data


def _text(text):
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _sheet(rows, merged):
    out = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for row, values in rows.items():
        for column, value in enumerate(values):
            if value is None:
                continue
            head = struct.pack("<HHH", row - 1, column, 0)
            if isinstance(value, str):
                out += _record(0x0204, head + _text(value))
            else:
                out += _record(0x0203, head + struct.pack("<d", value))
    if merged:
        ranges = b"".join(struct.pack("<HHHH", *one) for one in merged)
        out += _record(0x00E5, struct.pack("<H", len(merged)) + ranges)
    return out + _record(0x000A)


def _stream(sheets):
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    head += _record(0x00E0, struct.pack("<HHHBBBBHHH", 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0))
    bodies = [_sheet(rows, merged) for _, rows, merged in sheets]
    bounds = [struct.pack("<HBB", 0, len(name), 1) + name.encode("utf-16-le") for name, *_ in sheets]
    size = len(head) + sum(4 + 4 + len(bound) for bound in bounds) + 4
    out, offset = head, size
    for bound, body in zip(bounds, bodies, strict=True):
        out += _record(0x0085, struct.pack("<I", offset) + bound)
        offset += len(body)
    return out + _record(0x000A) + b"".join(bodies)


def old_workbook(sheets, stream="Workbook"):
    """Give the bytes; `sheets` are (name, {row: values}, [(first row, last row, first column, last column)])."""
    return compound(stream, _stream(sheets))


def compound(name, data):
    """Wrap one stream into a compound file with 512-byte sectors."""
    data = data.ljust(4096, b"\0")
    data += b"\0" * (-len(data) % 512)
    sectors = len(data) // 512
    fat_sectors = 1
    while (fat_sectors + 1 + sectors) > fat_sectors * 128:
        fat_sectors += 1
    fat = [0xFFFFFFFD] * fat_sectors + [0xFFFFFFFE]
    first = fat_sectors + 1
    fat += [first + n + 1 for n in range(sectors - 1)] + [0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (fat_sectors * 128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack(
        "<HHHHH6xIIIIIIIII",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        fat_sectors,
        fat_sectors,
        0,
        4096,
        0xFFFFFFFE,
        0,
        0xFFFFFFFE,
        0,
    )
    header += struct.pack("<109I", *range(fat_sectors), *[0xFFFFFFFF] * (109 - fat_sectors))

    def entry(title, kind, child, start, size):
        raw = title.encode("utf-16-le") + b"\0\0" if title else b""
        return raw.ljust(64, b"\0") + struct.pack(
            "<HBBIII16xI8x8xIQ", len(raw), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child, 0, start, size
        )

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, first, len(data))
    directory += entry("", 0, 0xFFFFFFFF, 0, 0) * 2
    return header + struct.pack(f"<{len(fat)}I", *fat) + directory + data
