import Glibc
import Testing

@testable import Networking

@Suite struct NetworkErrorTests {
    private let address = SocketAddress(host: "127.0.0.1", port: 9092)

    @Test func readsAsASentence() {
        let refused = NetworkError(errno: ECONNREFUSED, .connect, address)
        #expect(refused.description == "127.0.0.1:9092: connect: connection refused")
        #expect(refused.code == .connectionRefused)
        #expect(refused.errnoCode == ECONNREFUSED)
        let large = NetworkError(.frameTooLarge, .read, address, "the peer announced too much")
        #expect(large.description == "127.0.0.1:9092: read: the peer announced too much")
        let loop = NetworkError(errno: EMFILE, .loop, nil, doing: "epoll_create1")
        #expect(loop.description == "loop: epoll_create1: too many open files")
    }

    @Test(arguments: [
        (ECONNRESET, NetworkError.Code.connectionReset), (EPIPE, .connectionReset), (ETIMEDOUT, .timedOut),
        (EHOSTUNREACH, .unreachable), (EADDRINUSE, .addressInUse), (EACCES, .permissionDenied),
        (ENFILE, .tooManyDescriptors), (EADDRNOTAVAIL, .addressUnavailable), (EIO, .systemCall),
    ])
    func sortsTheSystemsErrors(number: Int32, code: NetworkError.Code) {
        #expect(NetworkError(errno: number, .read, nil).code == code)
    }
}
