import Glibc
import NIOCore
import TestKit

/// One client's connection to an origin: keep-alive, pipelined requests answered in order.
final class OriginHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let state: OriginState
    private let listener: HostPort
    private var parser = WireParser(.requests)
    private var head: WireHead?
    private var bodyLength = 0
    /// A delayed answer or the end of the connection is due; later requests wait in the parser.
    private var isBusy = false

    init(state: OriginState, listener: HostPort) {
        self.state = state
        self.listener = listener
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        parser.append(unwrapInboundIn(data).readableBytesView)
        work(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func work(_ context: ChannelHandlerContext) {
        do {
            while !isBusy, let event = try parser.next() {
                switch event {
                case .head(let next):
                    head = next
                    bodyLength = 0
                    if next.lists("100-continue", in: "expect") {
                        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")))
                            .whenFailure { _ in }
                    }
                case .body(let bytes): bodyLength += bytes.count
                case .end:
                    if let head { answer(head, context) }
                }
            }
        } catch {
            isBusy = true
            var bytes = context.channel.allocator.buffer(capacity: 256)
            OriginWriter.write(
                status: 400, text: "\(error)\n", type: "text/plain", state: state, close: true, isHead: false,
                into: &bytes)
            finish(bytes, context)
        }
    }

    private func answer(_ head: WireHead, _ context: ChannelHandlerContext) {
        guard let request = head.request else { return }
        switch OriginAnswer.decide(method: request.method, target: request.target, state: state) {
        case .respond(let status, let body, let milliseconds, let close, let lifetime):
            let close =
                close || head.lists("close", in: "connection")
                || (request.version == "HTTP/1.0" && !head.lists("keep-alive", in: "connection"))
            var bytes = context.channel.allocator.buffer(capacity: 1024)
            let isHead = request.method == "HEAD"
            switch body {
            case .echo:
                let echo = OriginWriter.echo(
                    head, request: request, bodyLength: bodyLength, state: state, listener: listener)
                OriginWriter.write(
                    status: status, text: echo, type: "application/json", lifetime: lifetime, state: state,
                    close: close,
                    isHead: isHead, into: &bytes)
            case .text(let text):
                OriginWriter.write(
                    status: status, text: text, type: "text/plain", state: state, close: close, isHead: isHead,
                    into: &bytes)
            case .filler(let count):
                OriginWriter.writeHead(
                    status: status, length: count, type: "text/plain", state: state, close: close, into: &bytes)
                if !isHead { bytes.writeRepeatingByte(UInt8(ascii: "x"), count: count) }
            }
            send(bytes, afterMilliseconds: milliseconds, close: close, context)
        case .abort:
            isBusy = true
            context.close(promise: nil)
        case .reset:
            isBusy = true
            reset(context)
        case .truncate(let count):
            isBusy = true
            var bytes = context.channel.allocator.buffer(capacity: count)
            OriginWriter.writeHead(
                status: 200, length: count, type: "text/plain", state: state, close: false, into: &bytes)
            bytes.writeRepeatingByte(UInt8(ascii: "x"), count: count / 2)
            finish(bytes, context)
        }
    }

    private func send(
        _ bytes: ByteBuffer, afterMilliseconds delay: Int64, close: Bool, _ context: ChannelHandlerContext
    ) {
        guard delay > 0 else {
            if close {
                isBusy = true
                finish(bytes, context)
            } else {
                context.write(wrapOutboundOut(bytes), promise: nil)
            }
            return
        }
        isBusy = true
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(delay)) {
            if close { return self.finish(bytes, context) }
            self.isBusy = false
            context.write(self.wrapOutboundOut(bytes), promise: nil)
            self.work(context)
            context.flush()
        }
    }

    /// Sends the last bytes, then closes.
    private func finish(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(bytes)).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    /// With a linger time of zero the kernel sends a reset instead of the ordinary end (socket(7)).
    private func reset(_ context: ChannelHandlerContext) {
        guard let channel = context.channel as? any SocketOptionProvider else {
            context.close(promise: nil)
            return
        }
        channel.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }
}
