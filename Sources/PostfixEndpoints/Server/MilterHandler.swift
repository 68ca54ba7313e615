internal import EdgeModel
internal import MailRouting
internal import NIOCore
internal import PostfixProtocol

/// Answers one connection of a milter client. While a message is judged, which may take as long as a worker does, nothing
/// more of the connection is read from the decoder; Postfix waits anyway.
final class MilterHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let desk: LoopDesk
    private let now: @Sendable () -> Timestamp
    private let ask: @Sendable (Set<MailAddress>) -> MilterJudge.Ask
    private let memory: DecisionMemory
    private var decoder = MilterDecoder()
    private var session = MilterSession()
    private var judging: Task<Void, Never>?

    init(
        desk: LoopDesk, now: @escaping @Sendable () -> Timestamp, memory: DecisionMemory,
        ask: @escaping @Sendable (Set<MailAddress>) -> MilterJudge.Ask
    ) {
        (self.desk, self.now, self.memory, self.ask) = (desk, now, memory, ask)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data))
        proceed(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // Nobody waits for the worker any more.
        judging?.cancel()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func proceed(_ context: ChannelHandlerContext) {
        var out = context.channel.allocator.buffer(capacity: 64)
        do {
            while judging == nil, let packet = try decoder.next() {
                for action in session.handle(try MilterCommand(packet), desk: desk.value, at: now()) {
                    switch action {
                    case .reply(let reply): reply.packet.write(to: &out)
                    case .passed(let message, let decided): keep(decided, of: message)
                    case .judge(let message): judge(message, context)
                    case .close:
                        context.close(promise: nil)
                        return
                    }
                }
            }
        } catch {
            // Postfix defers the message when the connection breaks.
            context.close(promise: nil)
            return
        }
        if out.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(out), promise: nil) }
    }

    private func judge(_ message: MilterMessage, _ context: ChannelHandlerContext) {
        let desk = desk.value
        let judge = MilterJudge(desk: desk, at: now(), ask: ask(desk.verified))
        let loop = context.eventLoop
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: loop)
        judging = Task {
            let judgement = await judge.judge(message)
            loop.execute { bound.value.handler.finish(judgement, message, bound.value.context) }
        }
    }

    private func finish(
        _ judgement: MilterJudge.Judgement, _ message: MilterMessage, _ context: ChannelHandlerContext
    ) {
        judging = nil
        keep(judgement.decided, of: message)
        for (index, worker) in judgement.workers.enumerated() {
            let id = message.queueID ?? ""
            memory.keep(
                MailEvent(
                    key: "\(id) \(worker.recipient) worker \(now().milliseconds) \(index)", at: now(),
                    message: MailMessageID(queueID: id), recipient: worker.recipient, kind: .worker(worker.result)))
        }
        guard context.channel.isActive else { return }
        var out = context.channel.allocator.buffer(capacity: 256)
        for reply in judgement.replies { reply.packet.write(to: &out) }
        context.writeAndFlush(wrapOutboundOut(out), promise: nil)
        proceed(context)
    }

    private func keep(_ decided: [MailAddress: MailDecided], of message: MilterMessage) {
        guard let id = message.queueID else { return }
        for (recipient, decision) in decided { memory.keep(decision, queueID: id, recipient: recipient) }
    }
}
