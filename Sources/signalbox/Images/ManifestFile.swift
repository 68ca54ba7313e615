internal import EdgeModel
internal import FoundationEssentials
internal import ImageSourcing

/// Files that name objects: reports of earlier runs, or a key on each line.
enum ManifestFile {
    /// Bytes.
    private static let limit = 256 << 20

    static func keys(_ path: String) throws -> [ObjectKey] {
        guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int else {
            throw ErrorReport(.notFound, at: path, "there is no such file", remedy: "check the path")
        }
        guard size <= limit, let data = FileManager.default.contents(atPath: path) else {
            throw ErrorReport(
                .invalid, at: path, "it cannot be read, or has more than \(limit >> 20) MiB", remedy: "split it")
        }
        let bytes = Array(data)
        let keys = bytes.first == UInt8(ascii: "{") ? try documentKeys(path) : ReportText.keys(bytes)
        guard !keys.isEmpty else {
            throw ErrorReport(
                .invalid, at: path, "it names no object",
                remedy: "give a report of 'images report', or a file with a key on each line")
        }
        return keys
    }

    private static func documentKeys(_ path: String) throws -> [ObjectKey] {
        let document = try TextFile.document(path).value
        guard case .array(let objects)? = document["objects"] else { return [] }
        return objects.compactMap { object in
            if case .string(let key)? = object["key"] { return ObjectKey(key) }
            guard case .string(let digits)? = object["key_hex"] else { return nil }
            return ReportText.keys(Array("key,key_hex\n,\(digits)\n".utf8)).first
        }
    }
}
