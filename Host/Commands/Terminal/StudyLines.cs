using System.Diagnostics;
using System.Text.Json.Nodes;
using Functional.Host.Experiments;
using Functional.Host.Search;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary>A study on standard output: lines for people, or JSON objects for programs.</summary>
internal sealed class StudyLines(TextWriter output, StudySettings settings, bool json)
{
    private const int Shown = 10;

    private readonly JsonReport events = new(output);
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private Trial? best;

    /// <summary>Before the first trial.</summary>
    public void Started(string name, IReadOnlyList<Trial> before, int trials, int workers, int samples)
    {
        best = StudyResults.Best(settings.Direction, before).FirstOrDefault();
        var ended = before.Count(trial => trial.Result is not null);
        if (json)
            events.Write(
                "start", ("study", name), ("trials", trials), ("ended", ended), ("workers", workers),
                ("seed", settings.Seed), ("seeds", settings.Seeds),
                ("sampler", $"{settings.Sampler}"), ("pruner", $"{settings.Pruner}"));
        else
        {
            Write($"{name}: {settings.Space}");
            Write(Invariant(
                $"{Plural.Of(trials, "trial")}, sampler {settings.Sampler}, pruner {settings.Pruner}, ")
                + Invariant($"seed {settings.Seed}, {workers} at a time")
                + (settings.SeenBy(settings.Round) > 0 ? Invariant($", in rounds of {settings.Round}") : "")
                + Invariant($"{(ended > 0 ? Invariant($"; {ended} have ended before") : "")}"));
            if (OfEach(settings, samples) is { } each)
                Write(each);
            if (settings.HasRace)
                Write($"each trial runs with {settings.Seeds} seeds; one that is clearly worse than the best is "
                    + $"dropped after {Race.FewestSeeds} or more");
            else if (settings.Seeds > 1)
                Write($"each trial runs with {settings.Seeds} seeds");
        }
    }

    /// <summary>After a trial.</summary>
    public void Ended(Trial trial)
    {
        if (trial.State == TrialState.Complete)
            best = StudyResults.Best(settings.Direction, best is null ? [trial] : [best, trial]).First();
        if (json)
            WriteEvent(trial);
        else
            Write(
                Line(trial)
                + (best is null ? ""
                    : Invariant($"  best {StudyResults.Short(best.Value!.Value)} (trial {best.Number})")));
    }

    /// <summary>All trials for programs, the best for people.</summary>
    public void Trials(IReadOnlyList<Trial> trials)
    {
        if (json)
        {
            foreach (var trial in trials)
                WriteEvent(trial);
            return;
        }
        WriteTable(StudyResults.Best(settings.Direction, trials).Take(Shown));
    }

    private void WriteTable(IEnumerable<Trial> trials)
    {
        var hyperparameters = settings.Space.Hyperparameters;
        var table = new TextTable([TextTable.Right(Say("trial")),
            .. settings.Aims.Count == 0 ? [TextTable.Right(Say("value"))]
                : settings.Aims.Select(aim => TextTable.Right(aim.Name)),
            .. hyperparameters.Select(one => TextTable.Right(one.Name))]);
        foreach (var trial in trials)
            table.Add([$"{trial.Number}",
                .. trial.Result!.Values?.Select(StudyResults.OfAim) ?? [StudyResults.Spread(trial)],
                .. hyperparameters.Select(one =>
                    trial.Configuration.Find(one.Name) is { } value ? StudyResults.Short(value) : "-")]);
        table.Write();
    }

    /// <summary>At the end.</summary>
    public void Finished(
        IReadOnlyList<Trial> trials, Trial? best, double? asked, double? regret, Func<Trial, string>? commandOf,
        string report, bool interrupted)
    {
        var command = best is null ? null : commandOf?.Invoke(best);
        Trial[] front = settings.Aims.Count == 0 ? [] : [.. StudyResults.Front(settings, trials)];
        int Count(TrialState state) => trials.Count(trial => trial.State == state);
        var importance = Importance.Of(settings.Space, Race.WithExpected(settings, trials), settings.Direction);
        var names = settings.Space.Hyperparameters.Select(one => one.Name);
        if (json)
        {
            events.Write(
                "summary",
                ("trials", trials.Count), ("complete", Count(TrialState.Complete)),
                ("pruned", Count(TrialState.Pruned)),
                ("failed", Count(TrialState.Failed)),
                ("running", Count(TrialState.Running) + Count(TrialState.Waiting)),
                ("dropped", StudyResults.Dropped(trials).Count()),
                ("best", best is null ? null : Event(best)),
                ("front", settings.Aims.Count == 0 ? null : new JsonArray([.. front.Select(trial => WithCommand(
                    Event(trial), commandOf?.Invoke(trial)))])),
                ("importance", new JsonObject(
                    names.Zip(importance, (name, share) => KeyValuePair.Create(name, (JsonNode?)share)))),
                ("edges", new JsonArray([.. best is null ? []
                    : StudyResults.AtEdge(settings.Space, best).Select(one => (JsonNode?)one.Name)])),
                ("regret", regret), ("command", command), ("report", report), ("interrupted", interrupted),
                ("seconds", watch.Elapsed.TotalSeconds));
            return;
        }
        var counts = Enum.GetValues<TrialState>().Where(state => Count(state) > 0)
            .Select(state => $"{Count(state)} {StudyResults.Name(state)}");
        Write(
            $"{(interrupted ? "interrupted" : "trials")}: {(trials.Count == 0 ? "none" : string.Join(", ", counts))}");
        if (settings.Seeds > 1)
        {
            var (made, all) = StudyResults.Runs(settings, trials);
            Write(Invariant($"{Plural.Of(StudyResults.Dropped(trials).Count(), "trial")} dropped in the race; ")
                + Invariant($"{made} of {all} runs were made"));
        }
        if (best is not null)
        {
            var shares = names.Zip(importance).Select(pair => Invariant($"{pair.First} {100 * pair.Second:F0}%"));
            // Of few trials nothing can be said.
            if (importance.Any(share => share > 0))
                Write($"importance: {string.Join(", ", shares)}");
            foreach (var line in AsTheBook(settings, trials))
                Write(line);
            if (front.Length > 0)
            {
                Write($"Pareto front: {Plural.Of(front.Length, "trial")} that no other dominates");
                WriteTable(front);
            }
            Write(settings.Aims.Count > 0 ? $"best by {settings.Aims[0].Name}: {Line(best)}" : $"best: {Line(best)}");
            Write(command);
        }
        if (asked is not null)
            Write(regret is null ? "regret left: nothing can be said yet"
                : $"regret left: at most {StudyResults.Short(regret.Value)}, by a model of the values"
                    + (regret <= asked ? ", as little as was asked for" : ""));
        if (best?.Deviation is { } deviation && regret is not null)
            Write($"standard error of the best mean: "
                + StudyResults.Short(deviation / Math.Sqrt(best.SeedValues.Count)));
        if (best is not null && StudyResults.Overtaken(settings.Direction, trials, best) is { } pruned)
            Write(StudyResults.Gentler(pruned));
        if (best is not null)
            foreach (var one in StudyResults.AtEdge(settings.Space, best))
                Write(StudyResults.Wider(one, best));
        if (best is not null && command is not null && settings.Seeds > 1)
            Write($"that is its run with seed {settings.Seed}, the first of {settings.Seeds}");
        if (command is not null && settings.Constants.ContainsKey("samples"))
            Write("on all samples: the same command without --samples");
        if (interrupted)
            Write("to continue, give the same command with this --study");
        Write($"report: {report}");
    }

    // That trials are shorter than a run on all the data is said first: the best value may surprise otherwise.
    private static string? OfEach(StudySettings settings, int all)
    {
        string? Of(string name) => settings.Constants.GetValueOrDefault(name);
        if (Of("validation") is not { } share)
            return null;
        var length = Of("iterations") is { } steps
            ? $", {steps} step{(steps == "1" ? "" : "s")}"
            : Of("epochs") is { } epochs
            ? $", {epochs} epoch{(epochs == "1" ? "" : "s")}"
            : "";
        var samples = Of("samples") is { } some
            ? Invariant($"{some} of {all:N0} samples, drawn by the seed") : "all samples";
        return $"each trial: {samples} ({share} of them for validation){length}";
    }

    private static JsonObject WithCommand(JsonObject trial, string? command)
    {
        if (command is not null)
            trial["command"] = command;
        return trial;
    }

    private string Line(Trial trial) =>
        Invariant($"trial {trial.Number,4}  {StudyResults.Name(trial.State),-8}  ")
            + Invariant($"{(trial.Value is null ? "-" : StudyResults.Spread(trial)),-6}  ")
            + string.Concat(settings.Aims.Zip(trial.Result?.Values ?? []).Skip(1).Select(
                pair => $"{pair.First.Name} {StudyResults.OfAim(pair.Second)}  "))
            + StudyResults.Short(trial.Configuration) + (trial.Result?.Reason is { } reason ? $"  ({reason})" : "");

    // Of a search for the book's two hyperparameters: the best as its program of 6.5.3 prints them.
    private static IEnumerable<string> AsTheBook(StudySettings settings, IReadOnlyList<Trial> trials)
    {
        const string rate = "learning-rate", decay = "l2";
        if (!settings.Space.Hyperparameters.Select(one => one.Name).ToHashSet().SetEquals([rate, decay])
            || settings.Constants.GetValueOrDefault("task") == "quantities")
            return [];
        static string Number(double value) => CommonFigures.Python(value);
        return StudyResults.Best(settings.Direction, trials).Take(Shown).Select((trial, i) =>
            $"Best-{i + 1} (val acc:{Number(trial.Value!.Value)}) | lr:{Number(trial.Configuration.Number(rate))}, " +
            $"weight decay:{Number(trial.Configuration.Number(decay))}");
    }

    private void Write(string? line) => output.WriteLine(Say(line ?? ""));

    private void WriteEvent(Trial trial) => events.Write("trial", Event(trial));

    private JsonObject Event(Trial trial)
    {
        var parameters = new JsonObject();
        foreach (var (name, value) in trial.Configuration)
            parameters[name] = value.Number is { } number ? number : value.Choice;
        var found = new JsonObject
            { ["trial"] = trial.Number, ["parameters"] = parameters, ["state"] = StudyResults.Name(trial.State) };
        if (trial.Value is { } result)
            found["value"] = result;
        if (trial.Result?.Values is { } values)
            found["values"] = new JsonObject(settings.Aims.Zip(
                values, (aim, value) => KeyValuePair.Create(aim.Name, (JsonNode?)value)));
        if (trial.SeedResults.Count > 0)
            found["seedValues"] = new JsonArray([.. trial.SeedValues.Select(value => (JsonNode?)value)]);
        if (trial.Deviation is { } deviation)
            found["deviation"] = deviation;
        if (trial.Result is { } ended)
            found["seconds"] = ended.Seconds;
        if (trial.Result?.Reason is { } reason)
            found["reason"] = reason;
        return found;
    }
}
