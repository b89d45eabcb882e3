import ArgumentParser
import DuckDB
import Foundation

/// `patientflow`.
@main
struct PatientFlow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "patientflow",
    abstract: "Real-time patient flow analytics for a network of hospitals.",
    discussion: """
      Events go the way feeds → event hub → bronze → silver → gold; dashboard, API and SQL show gold.
      Start with `patientflow run --simulator`, look at the address it prints, then ask with `patientflow sql`.
      """,
    version: "0.1.0",
    subcommands: [
      RunCommand.self, SimulateCommand.self, IngestCommand.self, SQLCommand.self, RebuildCommand.self, QualityCommand.self, QuarantineCommand.self,
      ModelsCommand.self, ConfigCommand.self, HubCommand.self, DoctorCommand.self,
    ])

  static func main() async {
    Database.keepFreedMemory()
    do {
      let words = Array(CommandLine.arguments.dropFirst()).map(Self.statement)
      try nameUnknownCommand(words)
      var command = try parseAsRoot(words)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as CommandError {
      FileHandle.standardError.write(Data("patientflow: \(error.description)\n".utf8))
      Foundation.exit(error.code == .usage ? 64 : 1)
    } catch let code as ExitCode {
      Foundation.exit(code.rawValue)
    } catch {
      let code = exitCode(for: error)
      // ArgumentParser knows help, version and its own errors; all else is ours and has its own words.
      if code == .success || code == .validationFailure { exit(withError: error) }
      FileHandle.standardError.write(Data("patientflow: \(error)\n".utf8))
      Foundation.exit(1)
    }
  }

  /// A statement that begins with a comment of SQL is not an option, which is one word up to its value.
  private static func statement(_ word: String) -> String {
    guard word.hasPrefix("--"), word.contains("\n") || word.prefix(while: { $0 != "=" }).contains(where: \.isWhitespace) else { return word }
    return "\n" + word
  }

  /// A word where a command belongs, and that is none, gets the nearest one suggested; the parser would call it an argument too many.
  private static func nameUnknownCommand(_ words: [String]) throws {
    var level: any ParsableCommand.Type = PatientFlow.self
    var path = "patientflow"
    for word in words {
      let commands = level.configuration.subcommands
      guard !commands.isEmpty, !word.hasPrefix("-") else { return }
      guard let next = commands.first(where: { $0._commandName == word }) else {
        if word == "help" { return }
        let names = commands.map { $0._commandName }
        throw CommandError(
          .usage,
          "\(path) has no command \(word); did you mean \(Settings.nearest(to: word, in: names))? There are: \(names.joined(separator: ", "))")
      }
      level = next
      path += " \(word)"
    }
  }
}
