"""Cloudflare's own expression parser (octorules-wirefilter), for comparison with ours.

usage: wirefilter_peer.py < EXPRESSIONS           one JSON string a line in, one JSON object a line out
       wirefilter_peer.py --time < EXPRESSIONS    parses all of them again and again for two seconds of processor time,
                                                  prints one object

It ends with status 69 when the package is not installed.
"""

import json
import sys
import time

try:
    from octorules_wirefilter import parse_expression
except ImportError as error:
    print(f"octorules-wirefilter is not installed: {error}", file=sys.stderr)
    sys.exit(69)


def answer(expression):
    found = parse_expression(expression)
    if "error" in found:
        return {"ok": False, "error": found["error"]}
    return {"ok": True, **{key: sorted(set(found[key])) for key in ("fields", "functions", "operators")}}


def main():
    expressions = [json.loads(line) for line in sys.stdin.buffer.read().split(b"\n") if line]
    if "--time" in sys.argv:
        rounds, start = 0, time.process_time()
        while (elapsed := time.process_time() - start) < 2:
            for expression in expressions:
                parse_expression(expression)
            rounds += 1
        print(json.dumps({"expressions": rounds * len(expressions), "seconds": elapsed}))
    else:
        sys.stdout.write("".join(json.dumps(answer(expression)) + "\n" for expression in expressions))


main()
