/// `envoy.extensions.access_loggers.file.v3.FileAccessLog`
///
/// Envoy's JSON formatter escapes every value, so that a client cannot write lines of its own; texts a client chooses
/// are cut at a stated length. The keys are read by `node run` and by people's log pipelines.
struct FileAccessLog: EnvoyMessage {
    static let messageName = "envoy.extensions.access_loggers.file.v3.FileAccessLog"

    struct LogFormat: Encodable {
        struct Options: Encodable { var sortProperties = true }
        var jsonFormat: [String: String]
        /// A key without a value is an empty text rather than `-`.
        var omitEmptyValues = true
        var jsonFormatOptions = Options()
    }

    var path: String
    var logFormat: LogFormat

    /// What the module knows of a request, also when it answered by itself.
    static let decided = ["application", "version", "configuration", "environment", "zone", "rules"]

    init(path: String, network: String) {
        self.path = path
        var format = [
            "time": "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
            "method": "%REQ(:METHOD):32%",
            "host": "%REQ(:AUTHORITY):256%",
            "path": "%REQ(:PATH):2048%",
            // What the client asked for, where a rule changed the path.
            "asked": "%DYNAMIC_METADATA(\(EdgeContract.metadata):asked):2048%",
            "status": "%RESPONSE_CODE%",
            "details": "%RESPONSE_CODE_DETAILS%",
            "flags": "%RESPONSE_FLAGS%",
            "duration_ms": "%DURATION%",
            "bytes_received": "%BYTES_RECEIVED%",
            "bytes_sent": "%BYTES_SENT%",
            "upstream_host": "%UPSTREAM_HOST%",
            "upstream_cluster": "%UPSTREAM_CLUSTER_RAW%",
            "upstream_attempts": "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
            "protocol": "%PROTOCOL%",
            "client": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
            "address": "%DOWNSTREAM_LOCAL_ADDRESS%",
            "request_id": "%REQ(X-REQUEST-ID):64%",
            "network": network,
        ]
        // One of the two says it, never both; the zone's name also where the module was not asked.
        for key in Self.decided {
            format[key] =
                "%METADATA(VIRTUAL_HOST:\(EdgeContract.metadata):\(key))%%DYNAMIC_METADATA(\(EdgeContract.metadata):\(key))%"
        }
        logFormat = LogFormat(jsonFormat: format)
    }
}
