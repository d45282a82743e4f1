import Networking
import Scenario

/// The load generators of an experiment: one or, where cells have instances, one for each.
struct Generators {
    let options: EngineOptions
    let loop: EventLoop
    private var made: [CellInstance?: any LoadGenerator] = [:]

    init(options: EngineOptions, loop: EventLoop) { (self.options, self.loop) = (options, loop) }

    /// The generator of a cell.
    mutating func generator(of cell: Cell) -> any LoadGenerator {
        if let generator = made[cell.instance] { return generator }
        let generator = options.generator(of: cell.instance, on: loop)
        made[cell.instance] = generator
        return generator
    }

    /// Ends them all.
    func close() async {
        for generator in made.values { await generator.close() }
    }
}
