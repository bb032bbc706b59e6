using System.CommandLine;
using Functional.Host.Exercises;
using Functional.Host.Experiments;
using Functional.Host.Files;

namespace Functional.Host.Commands;

/// <summary><c>functional exercise</c>: scripts with a hole, which mark what is written there.</summary>
internal static class ExerciseCommand
{
    private const string Properties = "Directory.Build.props";

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var names = string.Join(", ", ExerciseText.All.Select(exercise => exercise.Name));
        var name = new Argument<string?>("name")
        {
            HelpName = "name", Description = $"{names}; without a name, list them",
            Arity = ArgumentArity.ZeroOrOne,
        };
        name.CompletionSources.Add([.. ExerciseText.All.Select(exercise => exercise.Name)]);
        var language = new Option<string>("--language")
        {
            HelpName = "csharp|fsharp", Description = "the language to write in", DefaultValueFactory = _ => "csharp",
        };
        language.AcceptOnlyFromAmong("csharp", "fsharp");
        var folder = new Option<string>("--out")
        {
            HelpName = "DIR", Description = "the folder for the script", DefaultValueFactory = _ => "exercises",
        };
        var force = CommonOptions.Force();
        var command = new CommandWithExamples(
            "exercise", "Write a script with a hole, an exercise of the book; run, it marks your answer.",
            ("functional exercise", "the list of exercises"),
            ("functional exercise ridge", "exercises/ridge.cs; then dotnet run exercises/ridge.cs"),
            ("functional exercise batch-norm --language fsharp --lang ja", "in F#, with text and hints in Japanese"))
        {
            name, language, folder, force,
        };
        command.SetAction(parsed =>
        {
            var words = Locale.Language;
            if (parsed.GetValue(name) is not { } asked)
            {
                foreach (var each in ExerciseText.All)
                    Console.WriteLine($"{each.Name,-12} {each.Title.In(words)}");
                return ExitCode.Done;
            }
            var exercise = ExerciseText.All.FirstOrDefault(each => each.Name == asked)
                ?? throw new UsageException($"there is no exercise '{asked}'; there are {names}"
                    + Suggestion.Of(asked, ExerciseText.All.Select(each => each.Name)));
            Write(exercise, parsed.GetValue(language) == "fsharp", words, parsed.GetValue(folder)!,
                parsed.GetValue(force));
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(ExerciseText exercise, bool inFSharp, Language language, string folder, bool force)
    {
        var libraries = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var script = Path.Combine(folder, exercise.Name + (inFSharp ? ".fsx" : ".cs"));
        var file = UserFile.Of("--out", script, force, makesFolder: true);
        if (!inFSharp)
            UserFile.Of("--out", Path.Combine(folder, Properties), force: false,
                path => File.ReadAllText(path).Contains(ExerciseText.Mine, StringComparison.Ordinal),
                "choose another folder", makesFolder: true).Write(ExerciseText.Properties(libraries));
        file.Write(inFSharp ? exercise.InFSharp(language, libraries) : exercise.InCSharp(language));
        var run = $"{(inFSharp ? "dotnet fsi" : "dotnet run")} {script}";
        Console.WriteLine(language == Language.Japanese
            ? $"{script}：ここに答えを書き、次のコマンドで採点します：{run}"
            : $"{script}: write your answer there, then have it marked: {run}");
    }
}
