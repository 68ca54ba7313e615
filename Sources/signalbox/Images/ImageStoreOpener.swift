internal import CurlTransport
internal import EdgeModel
internal import Glibc
internal import ImageFolders
internal import ImageSourcing
internal import ObjectStorage
internal import WebTransport

/// Makes adapters of definitions; secrets are looked up here and nowhere before.
struct ImageStoreOpener: Sendable {
    let session: Session
    /// One for all stores of a run, so that connections are shared.
    private let transport: CurlTransport

    init(_ session: Session, transfers: Int = Tuning.standard.transfers) {
        self.session = session
        transport = CurlTransport(concurrency: 2 * transfers + 8)
    }

    /// Where tasks run best that use these stores.
    var executor: any TaskExecutor { transport.executor }

    func source(_ store: ImageStore) throws -> any ObjectSource {
        let place = "source \(store.name)"
        do {
            switch store.place {
            case .folder(let path): return try FolderSource(path)
            case .s3(let bucket): return S3Source(try client(bucket, store))
            case .cloudflare:
                throw ErrorReport(
                    .usage, at: place, "Cloudflare Images takes images and gives none back",
                    remedy: "signalbox images target add --help")
            }
        } catch let failure as ObjectFailure {
            throw ErrorReport(failure, at: place)
        }
    }

    func target(_ store: ImageStore) throws -> any ImageTarget {
        let place = "target \(store.name)"
        do {
            switch store.place {
            case .folder(let path): return try FolderTarget(path)
            case .s3(let bucket): return S3Target(try client(bucket, store))
            case .cloudflare(let account): return try cloudflare(account, store)
            }
        } catch let failure as ObjectFailure {
            throw ErrorReport(failure, at: place)
        }
    }

    private func cloudflare(_ account: ImageStore.Account, _ store: ImageStore) throws -> CloudflareImagesTarget {
        guard let reference = store.credentials else {
            throw ErrorReport(
                .usage, at: "target \(store.name)", "Cloudflare Images needs an API token",
                remedy: "signalbox images target rotate \(store.name) --credentials env:CF_TOKEN")
        }
        let hosts =
            if let endpoint = account.endpoint {
                try CloudflareImagesTarget.Hosts(api: endpoint, batch: endpoint)
            } else {
                try CloudflareImagesTarget.Hosts()
            }
        return try CloudflareImagesTarget(
            account: account.id, token: try Secret.resolve(reference, option: "--credentials", session.environment),
            hosts: hosts, transport: transport, entropy: { UInt64.random(in: 0...UInt64.max) },
            now: { TimeText.now().milliseconds })
    }

    private func client(_ bucket: ImageStore.Bucket, _ store: ImageStore) throws -> S3Client {
        let location = try S3Location(
            bucket: bucket.name, region: bucket.region, endpoint: bucket.endpoint,
            style: bucket.isPathStyle.map { $0 ? .path : .virtualHost })
        return S3Client(location, try credentials(store), transport: transport, now: { TimeText.now().milliseconds })
    }

    private func credentials(_ store: ImageStore) throws -> S3Credentials? {
        guard let reference = store.credentials else { return nil }
        let text = try Secret.resolve(reference, option: "--credentials", session.environment)
        guard let credentials = S3Credentials(text) else {
            throw ErrorReport(
                .invalid, at: "--credentials", "what it leads to is no key of an object store",
                remedy: "its first line is KEY:SECRET, or KEY:SECRET:TOKEN")
        }
        return credentials
    }
}

extension TextFile {
    /// A path that means the same in every directory.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return String(cString: here) + "/" + path
    }
}
