using System.Xml.Linq;
using Functional.Host.Exercises;
using Functional.Host.Experiments;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;
using Functional.Tests.Documentation;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Exercises;

/// <summary>Exercises mark what learners write.</summary>
public sealed class ExerciseTests
{
    public static TheoryData<int> RightOnes() => [.. Enumerable.Range(0, Answers.Right.Length)];

    public static TheoryData<string, string> WrongOnes()
    {
        var data = new TheoryData<string, string>();
        foreach (var (exercise, reason, _) in Answers.Wrong)
            data.Add(exercise, reason);
        return data;
    }

    [Theory]
    [MemberData(nameof(RightOnes))]
    public void A_right_answer_passes(int index)
    {
        var (exercise, marked) = Answers.Right[index];
        var mark = marked();
        Assert.True(mark.IsRight, $"{mark}");
        Assert.Equal(exercise, mark.Exercise);
        Assert.Null(mark.Fault);
    }

    [Theory]
    [MemberData(nameof(WrongOnes))]
    public void A_wrong_answer_is_named_by_its_fault(string exercise, string reason)
    {
        var mark = Answers.Wrong.Single(at => at.Exercise == exercise && at.Reason == reason).Marked();
        Assert.False(mark.IsRight);
        Assert.Equal(exercise, mark.Exercise);
        Assert.Contains(reason, mark.Fault?.English ?? $"{mark}");
        Assert.All(mark.Lines, line => Assert.NotNull(line.Japanese));
        Assert.Contains("考えられる原因", mark.In(Language.Japanese));
    }

    [Fact]
    public void Of_each_exercise_ten_faults_are_named() => Assert.All(
        ExerciseText.All.GroupJoin(Answers.Wrong, text => text.Name, at => at.Exercise, (_, faults) => faults.Count()),
        count => Assert.True(count >= 10));

    [Fact]
    public void The_first_wrong_number_is_named_with_what_differences_give()
    {
        var mark = Mark.Ridge((rate, weight, gradient) => gradient + 2 * rate * weight);
        Assert.Matches(@"answer\[0, 0\] is -?\d.*, but should be -?\d.*; central differences give -?\d", $"{mark}");
        Assert.Contains("weight[0, 0] = ", $"{mark}");
    }

    [Fact]
    public void An_unknown_fault_has_its_wrong_number_and_no_reason()
    {
        var mark = Mark.Ridge((rate, weight, gradient) => gradient + rate * weight.PointwiseExp());
        Assert.False(mark.IsRight);
        Assert.Null(mark.Fault);
        Assert.Contains("but should be", $"{mark}");
    }

    [Fact]
    public void What_fails_is_no_stack_trace()
    {
        Assert.Equal("ridge: not right yet\nNothing is written yet.",
            $"{Mark.Ridge((_, _, _) => throw new NotImplementedException())}");
        Assert.Contains("Your function fails: nothing there",
            $"{Mark.Lasso((_, _, _) => throw new InvalidOperationException("nothing there"))}");
        Assert.Contains("is null", $"{Mark.Sigmoid((_, _) => null!)}");
    }

    [Fact]
    public void A_function_that_fails_has_no_false_reason()
    {
        var mark = Mark.RandomCrop((_, _, _, _) => throw new InvalidOperationException("nothing there"));
        Assert.Contains("Your function fails: nothing there", $"{mark}");
        Assert.Null(mark.Fault);
        Assert.Contains("is null", $"{Mark.RandomCrop((_, _, _, _) => null!)}");
        Assert.Contains("is null", $"{Mark.He((_, _, _) => null!)}");
        Assert.Contains("The weight is null", $"{Mark.Momentum((_, _, _, _, _) => default)}");
        var filled = Mark.RandomCrop((_, h, w, _) => Matrix<double>.Build.Dense(h, w, new double[1]));
        Assert.Contains("Your function fails: ", $"{filled}");
    }

    [Fact]
    public void A_loop_that_never_ends_is_named()
    {
        var mark = Mark.Failure(
            "ridge", "Case 1", () => Thread.Sleep(Timeout.Infinite), limit: TimeSpan.FromMilliseconds(50));
        Assert.Equal(
            "ridge: not right yet\nCase 1\nYour function has not returned after 0.05 seconds.\n"
                + "It looks as if a loop never ends.", $"{mark}");
    }

    [Fact]
    public void A_failure_of_several_lines_is_one_line() => Assert.Contains(
        "Your function fails: first second",
        $"{Mark.Sigmoid((_, _) => throw new InvalidOperationException("first\nsecond"))}");

    [Fact]
    public void Every_exercise_is_a_CSharp_script_that_finds_nothing_written()
    {
        using var folder = new TemporaryFolder();
        var scripts = Scripts(folder, "csharp");
        Assert.All(scripts, script => Assert.Equal(1, CSharpScript.Run(script, File.ReadAllText(script))));
        var ridge = scripts.Single(script => Path.GetFileName(script) == "ridge.cs");
        string Answered(string answer) => File.ReadAllText(ridge).Replace(
            "throw new NotImplementedException();", $"return {answer};", StringComparison.Ordinal);
        Assert.Equal(0, CSharpScript.Run(ridge, Answered("gradient + rate * weight")));
        // One as a learner runs it shows that the libraries are found.
        File.WriteAllText(ridge, Answered("gradient - rate * weight"));
        using var process = FunctionalProgram.Start("dotnet", folder.Path, ["run", ridge]);
        var wrong = FunctionalProgram.End(process);
        Assert.True(wrong.ExitCode == 1, wrong.Output + wrong.Error);
        Assert.Contains("正則化項の符号が逆です", wrong.Output);
    }

    [Fact]
    public void Every_exercise_is_an_FSharp_script_that_finds_nothing_written()
    {
        using var folder = new TemporaryFolder();
        var scripts = Scripts(folder, "fsharp");
        var ridge = scripts.Single(script => Path.GetFileName(script) == "ridge.fsx");
        string Answered(string answer) => File.ReadAllText(ridge).Replace(
            "raise (NotImplementedException())", answer, StringComparison.Ordinal);
        // One session for all: starting F# Interactive takes longest. The last script ends it, as a learner runs it.
        static string GoesOn(string text) =>
            text.Replace("exit (", "printfn \"exit code %d\" (", StringComparison.Ordinal);
        foreach (var script in scripts)
            File.WriteAllText(folder[$"empty-{Path.GetFileName(script)}"], GoesOn(File.ReadAllText(script)));
        File.WriteAllText(folder["right.fsx"], GoesOn(Answered("gradient + rate * weight")));
        foreach (var answers in (string[])["answers.fsx", "wrong.fsx"])
            File.WriteAllLines(folder[answers],
            [
                .. File.ReadLines(ridge).TakeWhile(line => !line.StartsWith("let ", StringComparison.Ordinal)),
                File.ReadAllText(Path.Combine(ScriptTests.Root, "tests", "Exercises", answers)),
            ]);
        File.WriteAllText(ridge, Answered("gradient - rate * weight"));
        File.WriteAllLines(folder["all.fsx"],
        [
            .. scripts.Select(script => $"#load \"empty-{Path.GetFileName(script)}\""), "#load \"right.fsx\"",
            "#load \"answers.fsx\"", "#load \"wrong.fsx\"",
            $"#load @\"{ridge}\"", "exit 3",
        ]);
        using var process = FunctionalProgram.Start("dotnet", folder.Path, ["fsi", "all.fsx"]);
        var outcome = FunctionalProgram.End(process);
        Assert.True(outcome.ExitCode == 1, outcome.Output + outcome.Error);
        Assert.Equal(
            [
                .. scripts.SelectMany(script => (string[])
                [
                    $"{Path.GetFileNameWithoutExtension(script)}：まだ正しくありません", "まだ何も書かれていません。",
                    "exit code 1",
                ]),
                "ridge：正解です",
            ], outcome.Output.Split(Environment.NewLine)[..(3 * scripts.Length + 1)]);
        Assert.Contains("exit code 0", outcome.Output);
        Assert.Contains("8 of 8 are right", outcome.Output);
        Assert.Contains("96 of 96 faults are named", outcome.Output);
        Assert.Contains("Your function fails: lasso", outcome.Output);
        Assert.Contains("正則化項の符号が逆です", outcome.Output);
    }

    private static string[] Scripts(TemporaryFolder folder, string language)
    {
        foreach (var exercise in ExerciseText.All)
        {
            var written = FunctionalProgram.Run(
                folder.Path, "exercise", exercise.Name, "--language", language, "--lang", "ja");
            Assert.True(written.ExitCode == 0, written.Error);
        }
        string[] scripts = [.. ExerciseText.All.Select(exercise =>
            Directory.GetFiles(folder["exercises"], $"{exercise.Name}.*s*").Single())];
        foreach (var script in scripts)
        {
            Assert.Contains("ヒント1：", File.ReadAllText(script));
            Assert.All(File.ReadAllLines(script), line => Assert.False(line.EndsWith(' '), line));
        }
        return scripts;
    }

    [Fact]
    public void Places_with_an_ampersand_are_no_markup() => Assert.Equal(
        Path.Combine("/a & <b>", "functional.dll"),
        XDocument.Parse(ExerciseText.Properties("/a & <b>")).Descendants("Reference").First()
            .Attribute("Include")!.Value);

    [Fact]
    public void Exercises_are_listed_and_no_script_is_lost()
    {
        using var folder = new TemporaryFolder();
        var list = FunctionalProgram.Run(folder.Path, "exercise");
        Assert.All(ExerciseText.All, exercise => Assert.Contains($"{exercise.Name} ", list.Output));
        var japanese = FunctionalProgram.RunWith("LC_ALL=ja_JP.UTF-8", folder.Path, "exercise");
        Assert.Contains("シグモイド", japanese.Output);

        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "exercise", "ridge").ExitCode);
        var again = FunctionalProgram.Run(folder.Path, "exercise", "ridge");
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("ridge.cs is there already", again.Error);
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "exercise", "ridge", "--force").ExitCode);

        File.WriteAllText(folder["Directory.Build.props"], "<Project />");
        var others = FunctionalProgram.Run(folder.Path, "exercise", "ridge", "--out", ".");
        Assert.Equal(2, others.ExitCode);
        Assert.Contains("Directory.Build.props is there already; choose another folder", others.Error);
        Assert.Equal("<Project />", File.ReadAllText(folder["Directory.Build.props"]));
        Assert.False(File.Exists(folder["ridge.cs"]));

        var unknown = FunctionalProgram.Run(folder.Path, "exercise", "rigde");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("there is no exercise 'rigde'; there are sigmoid", unknown.Error);
        Assert.Contains("; did you mean ridge?", unknown.Error);
    }
}
