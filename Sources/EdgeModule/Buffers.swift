internal import CEnvoyModule

extension signalbox_buffer {
    init(_ text: StaticString) {
        self.init(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Never null: Envoy takes a null value for a removal.
    init(_ bytes: UnsafeRawBufferPointer) {
        let nothing: StaticString = ""
        let start = bytes.baseAddress ?? UnsafeRawPointer(nothing.utf8Start)
        self.init(ptr: start.assumingMemoryBound(to: CChar.self), length: bytes.count)
    }

    /// As a value: remove the header.
    static var removal: signalbox_buffer { signalbox_buffer(ptr: nil, length: 0) }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: ptr, count: ptr == nil ? 0 : length) }
}

extension signalbox_pair {
    init(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        let (key, value) = (signalbox_buffer(key), signalbox_buffer(value))
        self.init(key: key.ptr, key_length: key.length, value: value.ptr, value_length: value.length)
    }

    var name: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: key, count: key == nil ? 0 : key_length) }
    var content: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : value_length) }
}

/// Lines in Envoy's log.
enum EnvoyLog {
    static func error(_ message: String) {
        var message = message
        message.withUTF8 {
            envoy_dynamic_module_callback_log(
                Int32(SIGNALBOX_LOG_ERROR), signalbox_buffer(UnsafeRawBufferPointer($0)))
        }
    }
}

extension UnsafeRawBufferPointer {
    init(_ text: StaticString) { self.init(start: text.utf8Start, count: text.utf8CodeUnitCount) }
}
