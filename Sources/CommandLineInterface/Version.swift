import CBuildInfo

/// Which Weir this is.
enum Version {
    /// The version of the program.
    static let number = "0.1.0"

    /// The commit it was built from, with a `+` where the tree differed.
    static var commit: String { unsafe String(cString: weir_build_commit()) }
}
