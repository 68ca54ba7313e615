import ImageSourcing
import Synchronization
import TestKit
import Testing

@Suite("Survey") struct SurveyTests {
    private static let gallery = Dictionary(
        uniqueKeysWithValues: (0..<12).map { ("image-\($0).png", SampleImage.png(width: 1 + $0, height: 2)) })

    private func surveyor(
        _ source: MemoryStore, _ target: MemoryStore?, rest: @escaping @Sendable (Duration) async -> Void = { _ in }
    ) -> Surveyor {
        Surveyor(
            source, target: target, settings: MigrationSettings(), sampleSize: 5, random: { $0 - 1 }, rest: rest)
    }

    @Test func whatPassesIsAskedAgain() async throws {
        let asked = Mutex<[MemoryStore.Call: Int]>([:])
        let fault: @Sendable (MemoryStore.Call, ObjectKey, Int) async -> ObjectFailure? = { call, _, _ in
            let count = asked.withLock { asked in
                asked[call, default: 0] += 1
                return asked[call, default: 0]
            }
            // Of three questions of a kind two are refused.
            return count % 3 == 0 ? nil : ObjectFailure(.throttled, "429", retryAfter: .seconds(7))
        }
        let rests = Mutex<[Duration]>([])
        let survey = try await surveyor(
            MemoryStore(Self.gallery, fault: fault), MemoryStore(["image-0.png": [1]], fault: fault),
            rest: { time in rests.withLock { $0.append(time) } }
        ).run()
        #expect(survey.objects == 12 && survey.sample.count == 5 && survey.sample.allSatisfy { $0.reason == nil })
        #expect(survey.isCompared && survey.clashes == [ObjectKey("image-0.png")])
        // One listing, one question for room, five looks, and five names: twice refused, each.
        #expect(rests.withLock { $0 } == Array(repeating: .seconds(7), count: 2 * 12))
    }

    @Test func whoCannotBeAskedIsNamed() async throws {
        for (call, store) in [(MemoryStore.Call.list, ImageStore.Role.source), (.lookUp, .target), (.quota, .target)] {
            let fault: @Sendable (MemoryStore.Call, ObjectKey, Int) async -> ObjectFailure? = { made, _, _ in
                made == call ? ObjectFailure(.unavailable, "503") : nil
            }
            let trouble = await #expect(throws: Surveyor.Trouble.self) {
                try await surveyor(
                    MemoryStore(Self.gallery, fault: fault), MemoryStore(fault: fault)
                ).run()
            }
            #expect(trouble?.store == store && trouble?.failure.code == .unavailable, "\(call)")
        }
    }

    @Test func whatTheTargetHasNoRoomForIsTold() async throws {
        let narrow = MemoryStore(allowance: TargetQuota(used: 95, allowed: 100))
        let survey = try await surveyor(MemoryStore(Self.gallery), narrow).run()
        #expect(survey.room == 5 && survey.tooMany == 7)
        let endless = try await surveyor(MemoryStore(Self.gallery), MemoryStore()).run()
        #expect(endless.room == nil && endless.tooMany == 0)
    }
}
