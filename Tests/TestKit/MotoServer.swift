import FoundationEssentials
import Glibc

/// Moto's imitation of S3 with signatures checked: slow, but strict about every byte of a name.
package final class MotoServer: Sendable {
    package let address: HostPort
    package let child: ChildProcess
    /// A key that may do everything.
    package let keyID: String
    package let secret: String

    private init(address: HostPort, child: ChildProcess, keyID: String, secret: String) {
        self.address = address
        self.child = child
        self.keyID = keyID
        self.secret = secret
    }

    package var url: String { "http://\(address)" }

    /// Starts it on a free port and makes a user; three calls are free of authentication for that.
    package static func start(within limit: Duration = .seconds(60)) async throws -> MotoServer {
        let python = try ObjectStoreTools.program("python")
        let address = try FreePort.one()
        let child = try ChildProcess(
            python,
            ["-c", "from moto.server import main; main(['-H', '127.0.0.1', '-p', '\(address.port)'])"],
            environment: ["INITIAL_NO_AUTH_ACTION_COUNT": "3", "AWS_DEFAULT_REGION": "us-east-1"])
        try await eventually(within: limit, every: .milliseconds(50), "an answer of moto") {
            if !child.isRunning { throw Ended(log: child.errors) }
            return try await RawHTTP.request(
                "GET", "/moto-api/data.json", at: address, headers: [("Connection", "close")]
            ).status == 200
        }
        _ = try await ask(address, "Action=CreateUser&UserName=tester")
        let policy = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
        _ = try await ask(
            address, "Action=PutUserPolicy&UserName=tester&PolicyName=all&PolicyDocument=\(percentEncoded(policy))")
        let made = try await ask(address, "Action=CreateAccessKey&UserName=tester")
        guard let keyID = element("AccessKeyId", of: made), let secret = element("SecretAccessKey", of: made) else {
            throw Ended(log: made)
        }
        return MotoServer(address: address, child: child, keyID: keyID, secret: secret)
    }

    private static func ask(_ address: HostPort, _ form: String) async throws -> String {
        let answer = try await RawHTTP.request(
            "POST", "/", at: address,
            headers: [
                ("Content-Type", "application/x-www-form-urlencoded"), ("Connection", "close"),
                (
                    "Authorization",
                    "AWS4-HMAC-SHA256 Credential=none/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0"
                ),
            ], body: Array("\(form)&Version=2010-05-08".utf8))
        guard answer.status == 200 else { throw Ended(log: answer.text) }
        return answer.text
    }

    private static func element(_ name: String, of text: String) -> String? {
        let parts = text.split(separator: "<\(name)>")
        guard parts.count == 2, let value = parts[1].split(separator: "</\(name)>").first else { return nil }
        return String(value)
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    package struct Ended: Error, CustomStringConvertible {
        package let log: String
        package var description: String { "moto does not serve: \(log.suffix(4_000))" }
    }
}
