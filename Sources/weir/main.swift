import CommandLineInterface
import Foundation

let words = Array(CommandLine.arguments.dropFirst())
Program.prepare(words)
exit(await Program.run(words))
