import Glibc

/// The pipes and arguments of one `posix_spawn`, which unlike fork is safe in a process with threads.
struct SpawnPlan {
    let program: String
    let arguments: [String]
    let environment: [String]
    let directory: String?
    private var childSide: [Int32] = []

    init(program: String, arguments: [String], environment: [String], directory: String?) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }

    struct ParentSide {
        let output: Int32
        let errors: Int32
        let input: Int32?
    }

    /// Opens the pipes, all closed on exec so that no other child inherits them, and gives our ends.
    mutating func open(withInput input: ChildProcess.Input) throws -> ParentSide {
        let ours: Int32?
        if case .none = input {
            ours = nil
            childSide.append(Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC))
        } else {
            let pipe = try makePipe()
            ours = pipe.write
            childSide.append(pipe.read)
        }
        let output = try makePipe()
        let errors = try makePipe()
        childSide += [output.write, errors.write]
        return ParentSide(output: output.read, errors: errors.read, input: ours)
    }

    func closeChildSide() {
        for descriptor in childSide { close(descriptor) }
    }

    /// The child's id and an error number, 0 for success. It starts with default signal handling and none blocked.
    func spawn() -> (pid: pid_t, code: Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in childSide.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        for descriptor in Self.inherited {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        // glibc's own action for the folder is not visible to Swift; env(1) changes it and keeps the process id.
        let line = (directory.map { ["env", "--chdir=" + $0, "--"] } ?? []) + [program] + arguments
        let words = line.map { strdup($0) }
        let variables = environment.map { strdup($0) }
        defer { for pointer in words + variables { free(pointer) } }
        var pid = pid_t()
        let code = posix_spawnp(&pid, line[0], &actions, &attributes, words + [nil], variables + [nil])
        return (pid, code)
    }

    /// Descriptors that a child closes before it runs. SwiftNIO opens sockets without close-on-exec, and a child with a
    /// connection of a server in this process would keep it open when that server has closed it: the client would wait
    /// for an answer for ever. To close what is not open is no error in glibc, so that those are closed too that another
    /// thread opens meanwhile.
    private static var inherited: ClosedRange<Int32> {
        var highest: Int32 = 3
        if let listing = opendir("/proc/self/fd") {
            while let entry = readdir(listing) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
                highest = max(highest, Int32(String(decoding: name, as: UTF8.self)) ?? 0)
            }
            closedir(listing)
        }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return 3...max(3, min(highest + 64, Int32(clamping: limit.rlim_cur) - 1))
    }

    private func makePipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ChildProcess.LaunchFailure(program: program, code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
