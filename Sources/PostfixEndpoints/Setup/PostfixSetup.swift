/// Puts the settings into a Postfix configuration, and says what is wrong with one.
package struct PostfixSetup: Sendable {
    /// Runs a program to its end.
    package typealias Run = @Sendable ([String]) throws -> (status: Int32, output: String, errors: String)

    package struct Failure: Error, CustomStringConvertible, Sendable {
        package let place: String
        package let message: String
        package let remedy: String
        package var description: String { "\(place): \(message)" }
    }

    /// Something that is not as it must be.
    package struct Problem: Sendable, Hashable {
        package let place: String
        package let message: String
        package let remedy: String
    }

    package let configuration: String
    private let run: Run

    /// - Parameter configuration: the folder of main.cf.
    package init(configuration: String, run: @escaping Run) {
        self.configuration = configuration
        self.run = run
    }

    /// Values of parameters, with everything they refer to put in unless they are wanted as they are written.
    package func values(_ names: [String], asWritten: Bool = false) throws -> [String: String] {
        let text = try tool("postconf", (asWritten ? [] : ["-x"]) + names)
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let equals = line.firstRange(of: " =") else { continue }
            values[String(line[..<equals.lowerBound])] = String(line[equals.upperBound...].drop { $0 == " " })
        }
        return values
    }

    package func settings(sockets: String, log: String) throws -> PostfixSettings {
        PostfixSettings(
            sockets: try relative(sockets), present: try values(PostfixSettings.names), log: log)
    }

    /// Sockets below the queue directory are named relative to it: so a service in a chroot finds them too.
    private func relative(_ folder: String) throws -> String {
        let queue = try values(["queue_directory"])["queue_directory"] ?? ""
        return !queue.isEmpty && folder.hasPrefix(queue + "/") ? String(folder.dropFirst(queue.utf8.count + 1)) : folder
    }

    /// Parameters that are not as they should be.
    package func differences(_ settings: PostfixSettings) throws -> [PostfixSettings.Parameter] {
        // As written: a default may refer to what is only being set, as that of virtual_alias_domains does.
        let present = try values(settings.parameters.map(\.name), asWritten: true)
        return settings.parameters.filter { parameter in
            PostfixList.elements(present[parameter.name] ?? "") != PostfixList.elements(parameter.value)
        }
    }

    /// Whether master.cf has the service that writes the log file.
    package func hasLogService() throws -> Bool {
        try tool("postconf", ["-M", "postlog/unix-dgram"]).contains("postlogd")
    }

    /// Writes what differs, after copies of both files were made, and has Postfix check the result; when anything of that
    /// fails the old files come back and no copies stay.
    ///
    /// - Parameter stamp: ends the names of the copies.
    /// - Returns: the names of what was changed; empty when everything was so already.
    package func apply(_ settings: PostfixSettings, stamp: String) throws -> [String] {
        let changed = try differences(settings)
        let lacksService = try !hasLogService()
        guard !changed.isEmpty || lacksService else { return [] }
        let copies = try copied(stamp: stamp)
        do {
            if !changed.isEmpty { _ = try tool("postconf", ["-e"] + changed.map { "\($0.name)=\($0.value)" }) }
            if lacksService {
                _ = try tool("postconf", ["-M", "-e", "postlog/unix-dgram=postlog unix-dgram n - n - 1 postlogd"])
            }
            _ = try tool("postfix", ["check"])
        } catch {
            try putBack(copies, after: error)
            throw error
        }
        return changed.map(\.name) + (lacksService ? ["master.cf: postlog"] : [])
    }

    private struct Copy {
        let file: String
        let name: String
    }

    /// Copies of both files, or none: on a full disk half a copy may be written.
    private func copied(stamp: String) throws -> [Copy] {
        let copies = ["main.cf", "master.cf"].map { name in
            Copy(file: "\(configuration)/\(name)", name: "\(configuration)/\(name).before-signalbox-\(stamp)")
        }
        do {
            for copy in copies { _ = try command(["cp", "-p", copy.file, copy.name]) }
        } catch {
            _ = try? command(["rm", "-f"] + copies.map(\.name))
            throw error
        }
        return copies
    }

    /// By renaming: whoever reads a file meanwhile finds it whole, and a full disk has room for that.
    private func putBack(_ copies: [Copy], after error: any Error) throws {
        for copy in copies {
            do {
                _ = try command(["mv", "-f", copy.name, copy.file])
            } catch let second {
                throw Failure(
                    place: copy.file, message: "\(error); and the old file could not be put back: \(second)",
                    remedy: "mv \(copy.name) \(copy.file)")
            }
        }
    }

    private func tool(_ name: String, _ arguments: [String]) throws -> String {
        try command([name, "-c", configuration] + arguments)
    }

    private func command(_ words: [String]) throws -> String {
        let (status, output, errors) = try run(words)
        guard status == 0 else {
            let told = (errors + output).split(separator: "\n").joined(separator: "; ")
            throw Failure(
                place: words.joined(separator: " "),
                // Without a terminal Postfix says it in its log alone.
                message: told.isEmpty ? "it ended with status \(status); Postfix's log says why" : told,
                remedy: "try it by hand")
        }
        return output
    }
}
