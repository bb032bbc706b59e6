using Functional.Host.Exercises;
using Functional.Host.Experiments;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

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
        var mark = Exercise.Ridge((rate, weight, gradient) => gradient + 2 * rate * weight);
        Assert.Matches(@"answer\[0, 0\] is -?\d.*, but should be -?\d.*; central differences give -?\d", $"{mark}");
        Assert.Contains("weight[0, 0] = ", $"{mark}");
    }

    [Fact]
    public void An_unknown_fault_has_its_wrong_number_and_no_reason()
    {
        var mark = Exercise.Ridge((rate, weight, gradient) => gradient + rate * weight.PointwiseExp());
        Assert.False(mark.IsRight);
        Assert.Null(mark.Fault);
        Assert.Contains("but should be", $"{mark}");
    }

    [Fact]
    public void What_fails_is_no_stack_trace()
    {
        Assert.Equal("ridge: not right yet\nNothing is written yet.",
            $"{Exercise.Ridge((_, _, _) => throw new NotImplementedException())}");
        Assert.Contains("Your function fails: nothing there",
            $"{Exercise.Lasso((_, _, _) => throw new InvalidOperationException("nothing there"))}");
        Assert.Contains("is null", $"{Exercise.Sigmoid((_, _) => null!)}");
    }

    [Theory]
    [InlineData("csharp")]
    [InlineData("fsharp")]
    public void Every_exercise_is_a_script_that_finds_nothing_written(string language)
    {
        using var folder = new TemporaryFolder();
        foreach (var exercise in ExerciseText.All)
        {
            var written = FunctionalProgram.Run(
                folder.Path, "exercise", exercise.Name, "--language", language, "--lang", "ja");
            Assert.True(written.ExitCode == 0, written.Error);
            var script = Directory.GetFiles(folder["exercises"], $"{exercise.Name}.*s*").Single();
            Assert.Contains("ヒント1：", File.ReadAllText(script));
            Assert.All(File.ReadAllLines(script), line => Assert.False(line.EndsWith(' '), line));
        }
        // One is enough to see that the libraries are found and the answer is marked.
        Solve("ridge", language == "csharp" ? ".cs" : ".fsx", folder, language == "csharp"
            ? ("throw new NotImplementedException();",
                "return gradient - rate * weight;", "return gradient + rate * weight;")
            : ("raise (NotImplementedException())", "gradient - rate * weight", "gradient + rate * weight"));
    }

    private static void Solve(
        string name, string extension, TemporaryFolder folder, (string Hole, string Wrong, string Right) answer)
    {
        var script = folder[$"exercises/{name}{extension}"];
        var text = File.ReadAllText(script);
        Outcome Run(string? written)
        {
            File.WriteAllText(script, written is null ? text
                : text.Replace(answer.Hole, written, StringComparison.Ordinal));
            using var process = FunctionalProgram.Start(
                "dotnet", folder.Path, extension == ".cs" ? ["run", script] : ["fsi", script]);
            return FunctionalProgram.End(process);
        }
        var empty = Run(null);
        Assert.True(empty.ExitCode == 1, empty.Output + empty.Error);
        Assert.Contains("まだ何も書かれていません", empty.Output);
        var wrong = Run(answer.Wrong);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("正則化項の符号が逆です", wrong.Output);
        var right = Run(answer.Right);
        Assert.True(right.ExitCode == 0, right.Output + right.Error);
        Assert.Contains("正解です", right.Output);
    }

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
    }
}
