using System.CommandLine;
using System.Text.RegularExpressions;
using Functional.Host;
using Functional.Host.Commands;
using Functional.Host.Experiments;
using Functional.Host.Pages;
using Functional.Host.Runs;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

/// <summary>The terminal in Japanese: help, lines, hints, and what is wrong with a command line.</summary>
public sealed partial class JapaneseTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static IEnumerable<Command> Commands(Command command) =>
        command.Subcommands.SelectMany(Commands).Prepend(command);

    [GeneratedRegex("[\u3040-\u30ff\u4e00-\u9fff]")]
    private static partial Regex Letter();

    [Fact]
    public void Every_description_and_every_example_has_Japanese()
    {
        var texts = Commands(CommandTree.Create()).SelectMany(command =>
            ((Symbol[])[command, .. command.Options, .. command.Arguments]).Select(symbol => symbol.Description!)
                .Concat(CommandWithExamples.ExamplesOf(command).Select(example => example.Meaning))).ToHashSet();
        Assert.True(texts.Count > 150);
        Assert.DoesNotContain(texts, text => JapaneseHelp.Described(text) is null);
    }

    [Fact]
    public void Entries_take_over_only_what_their_texts_hold_and_are_written_as_the_pages_are() => Assert.All(
        Translation.Entries, entry =>
        {
            Assert.Empty(entry.Used.Except(entry.Holes));
            // Several spaces are a table's.
            Assert.DoesNotMatch("[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef] [^ ]", entry.Japanese);
            Assert.DoesNotMatch("[^ ] [\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]", entry.Japanese);
        });

    [Fact]
    public void Entries_have_only_words_that_the_sources_have()
    {
        var words = (
            from part in (string[])["Core", "Host"]
            from file in Directory.EnumerateFiles(
                Path.Combine(ScriptTests.Root, part), "*.?s", SearchOption.AllDirectories)
            from word in Words().Matches(File.ReadAllText(file)).Select(match => match.Value)
            select word).ToHashSet(StringComparer.OrdinalIgnoreCase);
        // System.CommandLine's.
        words.UnionWith(["show", "help", "usage", "information", "response", "arguments", "commands"]);
        Assert.DoesNotContain(
            Translation.Entries.SelectMany(entry => Words().Matches(Holes().Replace(entry.English, "")))
                .Select(match => match.Value),
            word => !words.Contains(word) && !words.Contains(word.TrimEnd('s')));
    }

    [GeneratedRegex("[A-Za-z]{3,}")]
    private static partial Regex Words();

    [GeneratedRegex("[{][#%*]?[a-z]+[}]|<[a-z]+>")]
    private static partial Regex Holes();

    public static TheoryData<string> WrongValues =>
        [
            "", "x", "-1", "0", "2", "1e39", "nope", "1:2:3", "foo:1", "warmup:x", "crop:2", "shift:-1", "*:x", "a,b",
            "none",
        ];

    [Theory, MemberData(nameof(WrongValues))]
    public void What_is_wrong_with_an_option_of_training_is_said_in_Japanese(string value)
    {
        string[] lines =
        [
            .. from option in TrainOptions.All
               from fault in Assert.IsType<UsageException>(Record.Exception(() => TrainOptions.Parse(
                   [new(option.Name, value), new("momentum", "9")], new TrainConfiguration()))).Faults
               select TrainOptions.Line(fault),
        ];
        Assert.DoesNotContain(lines, line => Translation.InJapanese(line) is null);
    }

    [Theory]
    [InlineData("train --hiden 3", "trainに--hidenというオプションはありません。--hiddenのことですか")]
    [InlineData("trian", "functionalに'trian'というコマンドはありません。trainのことですか")]
    [InlineData("train --epochs", "--epochs：後にNが必要ですが、何もありません")]
    [InlineData("train --seed 1 --seed 2", "--seed：Nは1つだけですが、2個あります")]
    [InlineData("train --learning-rate x", "--learning-rate：数が必要ですが、'x'が指定されました")]
    [InlineData("train --learning-rate -1", "--learning-rate：学習率は0以上の有限の数でなければなりませんが、-1です")]
    [InlineData("train --optimizer adm",
        "--optimizer：sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam, amsgrad, adamw, nadam, radam, "
        + "adabelief, lamb, lionのいずれかが必要ですが、'adm'が指定されました")]
    [InlineData("train --data nope",
        "nope：フォルダ、表（.csv、.tsv、.txt、それぞれ.gzも可、.parquet、.arrow、.npz）、または"
        + "digits, circles, spirals, xor, blobs, mnist, fashion-mnist, kmnistのいずれかが必要ですが、"
        + "どれでもありません")]
    [InlineData("train --data none.csv --label x", "none.csv：ファイルが必要ですが、ありません")]
    [InlineData("train --data flowers.csv --label kind",
        "flowers.csvの3行目：見出しと同じ2個のセルが必要ですが、3です")]
    [InlineData("train --data flowers.csv --label knd",
        "flowers.csvの1行目：学習する列'knd'がありません。kindのことですか。列はsize, kindです")]
    [InlineData("train --data flowers.csv --label kind --ignore x",
        "flowers.csvの1行目：除外する列'x'がありません。列はsize, kindです")]
    [InlineData("evaluate nothing", "nothing：ファイルが必要ですが、ありません")]
    [InlineData("book --lang fr", "--lang：enかjaが必要ですが、'fr'が指定されました")]
    [InlineData("book --seed x", "--seed：整数が必要ですが、'x'が指定されました")]
    [InlineData("report", "report：RUN（実行フォルダ（複数可））が必要です。例は'functional report --help'にあります")]
    [InlineData("exercise rigde",
        "'rigde'という演習問題はありません。ridgeのことですか。演習問題は"
        + "sigmoid, momentum, he, batch-norm, ridge, lasso, dropout, random-cropです")]
    public void A_mistake_is_a_clear_line(string words, string expected)
    {
        File.WriteAllText(folder["flowers.csv"], "size,kind\n1,a\nwide,b,c\n3,a\n4,b\n");
        var outcome = FunctionalProgram.RunWith("LANG=ja_JP.UTF-8", folder.Path, words.Split(' '));
        Assert.Equal((2, $"functional: {expected}\n"), (outcome.ExitCode, outcome.Error));
    }

    [Fact]
    public void An_optimizer_says_what_it_is_in_Japanese()
    {
        static string Japanese(Optimizer optimizer) => OptimizerText.Of($"{optimizer}").In(Language.Japanese);
        Assert.Equal(
            "Adam（学習率0.01、beta1 0.9、beta2 0.999、epsilon 1E-07）、10ステップで0.1までのコサイン減衰、"
            + "1ステップに勾配4個、±5でクリップ、ノルム1でクリップ、勾配ノイズ0.1（指数0.55、シード3）、荷重減衰0.01、"
            + "近接L1（0.001）、look-ahead（5ステップごとに0.5）、移動平均0.999；affine1学習率0.5と荷重減衰0.1；"
            + "biases固定",
            Japanese(Optimizer.Adam(0.01).With(Schedule.Cosine(10, 0.1)).WithAccumulation(4).WithClipValue(5)
                .WithClipNorm(1).WithNoise(0.1, seed: 3).WithWeightDecay(0.01).WithProximalL1(0.001).WithLookAhead()
                .WithAverage().WithGroup("affine1", 0.5, 0.1).Freeze("biases")));
        Assert.Equal(
            "SGD（学習率0.1）、20ステップのウォームアップの後、5ステップごとに0.5倍",
            Japanese(Optimizer.Sgd(0.1).With(Schedule.Step(5, 0.5).AfterWarmUp(20))));
        Assert.Equal(
            "SGD（学習率0.1）、ステップごとに0.9倍",
            Japanese(Optimizer.Sgd(0.1).With(Schedule.Exponential(0.9))));
        Assert.Equal(
            "SGD（学習率0.1）、100ステップの1サイクル（その0.3で0.04から1へ、その後4E-06へ）",
            Japanese(Optimizer.Sgd(0.1).With(Schedule.OneCycle(100))));
    }

    [Fact]
    public void What_commands_print_is_Japanese_by_the_option_and_fits_80_columns()
    {
        File.WriteAllLines(folder["t.csv"],
            ["x,y,kind", .. Enumerable.Range(0, 40).Select(i => $"{i % 2},{i % 3},{(i % 2 == 0 ? "even" : "odd")}")]);
        string[] train = ["train", "--samples", "300", "--validation", "0.2", "--epochs", "2"];
        string[][] lines =
        [
            [.. train, "--keep-every", "1", "--out", "run"],
            [.. train, "--seed", "2", "--keep-every", "1", "--out", "other"],
            ["train", "--data", "t.csv", "--label", "kind", "--epochs", "2", "--out", "table"],
            ["runs", "."], ["evaluate", "run"], ["report", "run"], ["report", "run", "other", "--out", "both.html"],
            ["verify", "run"],
            ["verify", "run", "--spot", "2", "--seed", "1"], ["verify", "run", "other"],
            ["search", "--trials", "2", "--epochs", "1", "--samples", "100", "--study", "rates"],
            ["search", "show", "rates"], ["data", "info", "digits"], ["data", "info", "t.csv", "--label", "kind"],
            ["check-gradients", "--hidden", "2"], ["digests", "--only", "optimizer/sgd"],
            ["export", "run", "--onnx", "model.onnx"],
        ];
        foreach (var words in lines)
        {
            var outcome = FunctionalProgram.Run(folder.Path, [.. words, "--lang", "ja"]);
            Assert.True(outcome.ExitCode is ExitCode.Done or ExitCode.Failed, outcome.Error);
            Assert.Matches(Letter(), outcome.Output);
            // Names, numbers and commands are what they are; a sentence is Japanese.
            Assert.DoesNotContain($"{outcome.Output}{outcome.Error}".Split('\n'), IsEnglish);
            Assert.All(
                outcome.Output.Split('\n').Where(line => line.StartsWith("エポック", StringComparison.Ordinal)),
                line => Assert.InRange(JapaneseHelp.Width(line), 1, 80));
        }
    }

    // Three words of small letters, one after the other.
    private static bool IsEnglish(string line) => !Letter().IsMatch(line)
        && !line.StartsWith("functional train", StringComparison.Ordinal)
        && !line.StartsWith("Best-", StringComparison.Ordinal)
        && Regex.IsMatch(line, "(?<![-a-z])[a-z]{2,},? [a-z]{2,},? [a-z]{2,}(?![-a-z])");

    [Fact]
    public void Help_is_broken_where_Japanese_lines_may_be()
    {
        var help = FunctionalProgram.RunAlone(folder.Path, "train", "--help", "--lang", "ja").Output;
        Assert.Contains("使い方：\n  functional train [オプション]\n", help);
        Assert.Contains("\n データ：\n", help);
        Assert.Contains("またはバッチの中だけで重複なし [既定値：shuffle]\n", help);
        foreach (var width in (int[])[60, 80, 120])
        {
            string[] rows = [.. help.Split('\n').TakeWhile(line => line != "例：")];
            var broken = rows.SelectMany(row => JapaneseHelp.Broken(row, width)).ToArray();
            Assert.All(broken, line => Assert.InRange(JapaneseHelp.Width(line), 0, width + 4));
            Assert.Equal(string.Concat(rows).Replace(" ", ""), string.Concat(broken).Replace(" ", ""));
            Assert.DoesNotContain(broken, line => line.TrimStart() is ['、' or '。' or '）' or 'ー', ..]);
        }
    }
}
