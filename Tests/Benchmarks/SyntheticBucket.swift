import Foundation
import TestKit

/// A bucket of any number of objects that are nowhere: names are made as they are asked for. One in a thousand is a
/// `.png`, and all have the same bytes.
struct SyntheticBucket: Sendable {
    private let child: ChildProcess
    let address: HostPort
    var url: String { "http://\(address)" }

    static func start(names: Int) async throws -> SyntheticBucket {
        let child = try ChildProcess("python3", ["-c", server, "\(names)"])
        let port: Int = try await eventually(within: .seconds(20), "the port of the synthetic bucket") {
            Int(child.output.split(separator: "\n").first ?? "")
        }
        return SyntheticBucket(child: child, address: HostPort("127.0.0.1", port))
    }

    /// Pages listed and objects read since it was asked last.
    func counts() async throws -> (pages: Int, objects: Int) {
        let answer = try await RawHTTP.request("GET", "/__counts", at: address, headers: [("Connection", "close")])
        let numbers = String(decoding: answer.body, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : (-1, -1)
    }

    /// Prints its port and ends with its parent.
    private static let server = """
        import http.server, os, re, select, struct, sys, threading, urllib.parse, zlib
        names = int(sys.argv[1])
        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        png = (b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 20, 20, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(bytes(21 * 20))) + chunk(b"IEND", b""))
        pages = objects = 0
        def key(number):
            return "photos/%08d.%s" % (number, "png" if number % 1000 == 0 else "tif")
        def entry(number):
            return ("<Contents><Key>%s</Key><LastModified>2026-01-31T00:00:00.000Z</LastModified><ETag>&quot;%032x&quot;"
                "</ETag><Size>%d</Size><StorageClass>STANDARD</StorageClass></Contents>"
                % (key(number), number * 0x9E3779B97F4A7C15, len(png)))
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            def log_message(self, *_): pass
            def answer(self, body, kind):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def do_GET(self):
                global pages, objects
                url = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(url.query))
                if url.path == "/__counts":
                    counts = "%d %d" % (pages, objects)
                    pages = objects = 0
                    return self.answer(counts.encode(), "text/plain")
                if "list-type" not in query:
                    objects += 1
                    return self.answer(png, "image/png")
                pages += 1
                found = re.search(r"([0-9]{8})", query.get("start-after", ""))
                first = int(found[1]) + 1 if found else 0
                last = min(names, first + int(query.get("max-keys", "1000")))
                more = "true" if last < names else "false"
                body = ("<?xml version=\\"1.0\\"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>" + more
                    + "</IsTruncated>" + "".join(map(entry, range(first, last))) + "</ListBucketResult>")
                self.answer(body.encode(), "application/xml")
        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True
        server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        parent = os.pidfd_open(os.getppid())
        print(server.server_address[1], flush=True)
        select.select([parent], [], [])
        """
}
