internal import Foundation
internal import Glibc

/// The machine that a run was made on.
public struct HostDescription: Codable, Sendable, Equatable {
    /// The host's name.
    public var name: String
    /// How the distribution calls itself.
    public var operatingSystem: String
    /// The kernel's name and release.
    public var kernel: String
    /// The processor's architecture.
    public var architecture: String
    /// The processor's model.
    public var cpuModel: String
    /// The cores that this process may run on.
    public var coreCount: Int
    /// The memory of the host.
    public var memoryBytes: UInt64

    /// A host with this description.
    public init(
        name: String, operatingSystem: String, kernel: String, architecture: String, cpuModel: String, coreCount: Int,
        memoryBytes: UInt64
    ) {
        self.name = name
        self.operatingSystem = operatingSystem
        self.kernel = kernel
        self.architecture = architecture
        self.cpuModel = cpuModel
        self.coreCount = coreCount
        self.memoryBytes = memoryBytes
    }

    /// This host; what cannot be read is "unknown".
    public static func current() -> HostDescription {
        HostDescription(
            name: kernelText("hostname"),
            operatingSystem: field("PRETTY_NAME", of: "/etc/os-release", separator: "=") ?? "unknown",
            kernel: "\(kernelText("ostype")) \(kernelText("osrelease"))",
            architecture: architecture,
            cpuModel: field("model name", of: "/proc/cpuinfo", separator: ":") ?? "unknown",
            coreCount: ProcessInfo.processInfo.activeProcessorCount,
            memoryBytes: ProcessInfo.processInfo.physicalMemory)
    }

    private static func kernelText(_ name: String) -> String {
        guard let text = ProcFile.text("/proc/sys/kernel/\(name)") else { return "unknown" }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func field(_ name: String, of path: String, separator: Character) -> String? {
        guard let line = ProcFile.text(path)?.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
            let place = line.firstIndex(of: separator)
        else { return nil }
        return line[line.index(after: place)...].trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
    }

    private static var architecture: String {
        #if arch(x86_64)
        "x86_64"
        #elseif arch(arm64)
        "arm64"
        #else
        "unknown"
        #endif
    }
}
