internal import EdgeModel
internal import Logging
internal import MailRouting
internal import NIOCore
internal import PostfixProtocol

/// The desk as one event loop sees it: swapped on that loop, so that no lookup takes a lock.
typealias LoopDesk = NIOLoopBoundBox<RoutingDesk>

/// Answers one connection of a socketmap client.
final class MapHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let desk: LoopDesk
    private let now: @Sendable () -> Timestamp
    private var decoder = NetstringDecoder(limit: SocketmapRequest.limit)

    init(desk: LoopDesk, now: @escaping @Sendable () -> Timestamp) {
        (self.desk, self.now) = (desk, now)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data))
        var out = context.channel.allocator.buffer(capacity: 256)
        do throws(NetstringDecoder.Failure) {
            while let payload = try decoder.next() {
                let request = SocketmapRequest(payload)
                let reply = request.map { desk.value.answer($0, at: now()) } ?? .temporary("no map is named")
                out.writeNetstring(reply.payload)
            }
        } catch {
            context.close(promise: nil)
            return
        }
        if out.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(out), promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Answers one connection of the policy service.
final class PolicyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let desk: LoopDesk
    private let now: @Sendable () -> Timestamp
    private var decoder = PolicyDecoder()
    private var session = PolicySession()

    init(desk: LoopDesk, now: @escaping @Sendable () -> Timestamp) {
        (self.desk, self.now) = (desk, now)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data))
        var out = context.channel.allocator.buffer(capacity: 256)
        do throws(PolicyDecoder.Failure) {
            while let request = try decoder.next() {
                out.writeString(session.handle(request, desk: desk.value, at: now()).text)
            }
        } catch {
            // Postfix defers when nothing is answered.
            context.close(promise: nil)
            return
        }
        if out.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(out), promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
