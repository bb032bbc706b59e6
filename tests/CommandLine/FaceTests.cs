using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

/// <summary>What the program does for those who type: words completed, mistakes named, options from a file.</summary>
public sealed class FaceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Help_is_a_word_too() =>
        Assert.Equal(FunctionalProgram.Run(folder.Path, "train", "--help").Output,
            FunctionalProgram.Run(folder.Path, "help", "train").Output);

    [Fact]
    public void A_value_behind_an_equals_sign_is_completed() =>
        Assert.Equal(
            ["adabelief", "adadelta", "adagrad", "adam", "adamw", "nadam", "radam"],
            FunctionalProgram.Run(folder.Path, "[suggest:32]", "functional train --optimizer=ada").Output.Split(
                '\n', StringSplitOptions.RemoveEmptyEntries));

    [Theory]
    [InlineData("no better than guessing; why: functional doctor run", "--learning-rate", "100")]
    [InlineData("only 9 steps: a smaller --batch-size, or more --epochs, gives it more of them", "--samples", "900")]
    public void A_run_that_learned_little_says_what_to_do(string line, params string[] options) =>
        Assert.Contains(line, FunctionalProgram.Run(
            folder.Path, ["train", "--epochs", "1", "--out", "run", .. options]).Output.Split('\n'));

    [Theory]
    [InlineData("functional has no command 'trian'; did you mean train?", "trian")]
    [InlineData("data has no command 'inof'; did you mean info?", "data", "inof", "mnist")]
    [InlineData("train has no option --optimzer; did you mean --optimizer?", "train", "--optimzer", "adam")]
    [InlineData("train has no option --optimzer; did you mean --optimizer?", "train", "--optimzer=adam")]
    [InlineData("doctor has no option --hiden; did you mean --hidden?", "doctor", "--hiden", "5")]
    [InlineData("doctor has no option --hiden; did you mean --hidden?", "doctor", "--hiden=5")]
    [InlineData("predict has no option --jsn; did you mean --json?", "predict", "model", "--jsn")]
    [InlineData("the summary is of all experiments: the last section of 'functional book'", "experiment", "summary")]
    [InlineData("experiment has no option --missing", "experiment", "layers", "--missing", "refuse")]
    [InlineData("train has no option --nothing-like-it", "train", "--nothing-like-it")]
    [InlineData("verify has no place for 'more'", "verify", "runs/one", "runs/two", "more")]
    public void A_mistyped_word_is_one_line_that_says_what_may_be_meant(string expected, params string[] arguments)
    {
        var outcome = FunctionalProgram.Run(folder.Path, arguments);
        Assert.Equal((2, "", $"functional: {expected}"), (outcome.ExitCode, outcome.Output, outcome.Error.TrimEnd()));
    }

    [Theory]
    [InlineData("functional tra", "trace train")]
    [InlineData("functional train --optim", "--optimizer")]
    [InlineData("functional train --optimizer ad", "adabelief adadelta adagrad adam adamw")]
    [InlineData("functional train --activation ", "elu gelu leaky-relu relu sigmoid silu softplus tanh")]
    [InlineData("functional train --hidden 5 --init x", "xavier")]
    [InlineData("functional train --data dig", "digits")]
    [InlineData("functional data fetch m", "mnist")]
    [InlineData("functional completion b", "bash")]
    public void Bash_completes(string line, string expected)
    {
        // The words as bash would split them, and the program in place of the one that is installed.
        var script = $$"""
            functional() { dotnet '{{Path.Combine(AppContext.BaseDirectory, "functional.dll")}}' "$@"; }
            source <(functional completion bash)
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}} COMP_WORDS=({{line}}{{(line.EndsWith(' ') ? " ''" : "")}})
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _functional functional
            echo "${COMPREPLY[@]}"
            """;
        using var process = FunctionalProgram.Start("bash", folder.Path, ["-c", script]);
        var outcome = FunctionalProgram.End(process);
        Assert.Equal((expected, ""), (outcome.Output.Trim(), outcome.Error));
    }

    [Fact]
    public void A_run_from_a_runs_configuration_is_the_same_run_and_options_override_it()
    {
        var first = FunctionalProgram.Run(folder.Path,
            "train", "--json", "--out", "first", "--samples", "300", "--iterations", "4", "--optimizer", "adam",
            "--beta1", "0.8");
        Assert.Equal(0, first.ExitCode);
        string[] again = ["train", "--json", "--config", "first/config.json"];
        Assert.Equal(Digest(first), Digest(FunctionalProgram.Run(folder.Path, [.. again, "--out", "again"])));
        // Another length, seed and rule: the rule's numbers are its own.
        var other = FunctionalProgram.Run(
            folder.Path, [.. again, "--out", "other", "--epochs", "1", "--seed", "2", "--optimizer", "sgd"]);
        var printed = FunctionalProgram.Run(
            folder.Path, "train", "--json", "--out", "printed", "--samples", "300", "--epochs", "1", "--seed", "2");
        Assert.Equal((0, Digest(printed)), (other.ExitCode, Digest(other)));
    }

    [Theory]
    [InlineData("""{"command":"train","options":{"hiden":"20"}}""", "hiden")]
    [InlineData("""{"command":"train","options":{},"option":{}}""", "option")]
    [InlineData("""{"command":"train","options":{"seed":"x"}}""", "seed")]
    [InlineData("""{"command":"trains","options":{}}""", "at command: expected \"train\", found \"trains\"")]
    [InlineData("""{"command":"train","options":{"epochs":3}}""", "at options.epochs: expected a text, found 3")]
    [InlineData("""{"command":"train","options":{},"stages":[{"until":0,"planned":3}]}""",
        "at stages[0].until: expected an integer from 1 on, found 0")]
    [InlineData("""{"command":"train","command":"train"}""",
        "mine.json: expected JSON, found \"Duplicate property 'command'")]
    public void What_a_file_has_wrong_is_one_line_with_key_and_file(string content, string key)
    {
        File.WriteAllText(folder["mine.json"], content);
        var outcome = FunctionalProgram.Run(folder.Path, "train", "--config", "mine.json");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("functional: mine.json", outcome.Error);
        Assert.Contains(key, outcome.Error);
        Assert.Equal(1, outcome.Error.Count(c => c == '\n'));
    }

    private static string? Digest(Outcome outcome) => outcome.Event("summary").GetProperty("digest").GetString();
}
