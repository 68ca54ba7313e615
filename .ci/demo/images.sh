# A gallery from one directory into another, sourced by demo.sh: what is an image arrives, what is none is told by name,
# and the second run moves what is new. No network.

# Makes some images, and things that only look like one.
gallery() {
    python3 - "$1" <<'PY'
import os, struct, sys, zlib
folder = sys.argv[1]
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
def png(width, height, seed):
    rows = b"".join(b"\0" + bytes((x * y + seed) % 256 for x in range(width)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
def put(name, data):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
for number in range(40):
    put("2026/%02d/shoe %d+ü.png" % (number % 3, number), png(40 + number, 30, number))
put("2026/00/cut.png", png(60, 60, 7)[:-20])
put("2026/00/notes.jpg", b"these are notes and no image\n")
put("2026/01/empty.gif", b"")
put("2026/02/really-a-png.jpg", png(9, 9, 1))
PY
}
in_report() { signalbox images report "$1" --output json | jq -e "$2" >/dev/null; }

say "8  A gallery: import what is an image, and know what became of the rest"
mkdir -p "$here/photos" "$here/media"
gallery "$here/photos"
run signalbox images source add photos --directory "$here/photos"
run signalbox images target add media --directory "$here/media"
run signalbox images survey photos --to media
run signalbox images migrate photos --to media
check "41 of 44 objects were images and are there" is "$(find "$here/media" -type f | wc -l)" 41
check "the sums agree: listed = imported + skipped" in_report 1 \
    '.totals | .listed == 44 and .imported == 41 and .skipped == 3 and .failed + .waiting + .kept == 0'
run signalbox images report 1 --reason truncated --reason not-an-image --reason empty --format csv
check "what was cut off has its place" in_report 1 '.totals.skipped_by_reason.truncated == 1'
check "the bytes are the same" diff -rq --exclude=cut.png --exclude=notes.jpg --exclude=empty.gif "$here/photos" "$here/media"
run signalbox images migrate photos --to media --quiet
check "a second run moves nothing" in_report 2 '.totals | .imported == 0 and .skipped_by_reason.unchanged == 41'
