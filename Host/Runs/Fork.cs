namespace Functional.Host.Runs;

/// <summary>What a run takes over from the moment of another that it goes on from. It must have the same parameters.
/// </summary>
internal static class Fork
{
    private const string Gathered = "gathered gradient", Average = "average";

    /// <summary>The progress that a fork begins with.</summary>
    /// <param name="origin">The run that it goes on from.</param>
    /// <param name="progress">How far that had come.</param>
    /// <param name="fork">The fork.</param>
    /// <param name="fresh">The fork's state if it began anew.</param>
    /// <exception cref="UsageException">Its network has other parameters, or it learns something else.</exception>
    public static RunProgress Begin(TrainingRun origin, RunProgress progress, TrainingRun fork, RunState fresh)
    {
        RequireSameParameters(progress.State, fresh);
        if (origin.Encoded.Task != fork.Encoded.Task)
            throw new UsageException(new Fault(
                nameof(TrainConfiguration.From),
                $"the run learns {origin.Encoded.Task}, and can't go on with {fork.Encoded.Task}"));
        RequireSameUpdates(origin.Configuration.Optimizer, fork.Configuration.Optimizer);
        var state = Carried(origin.Configuration, progress.State, fork.Configuration, fresh);
        // Results on other samples are no part of the fork's.
        var begun = HasSameSamples(origin, fork)
            ? progress with { State = state }
            : new RunProgress(state with { Best = null }, progress.Losses, []);
        return state.Step == fork.PlannedSteps || !fork.IsOver(state.Step, begun.Epochs) ? begun
            : throw new UsageException(new Fault(
                nameof(TrainConfiguration.Patience),
                "by then validation hadn't improved for so long that the run would stop at once; give more, or none"));
    }

    /// <summary>What a user should know of a fork, a line each.</summary>
    public static IEnumerable<string> Hints(TrainingRun origin, TrainingRun fork)
    {
        if (fork.Configuration.Optimizer.Name != origin.Configuration.Optimizer.Name)
            yield return $"{fork.Configuration.Optimizer.Name} begins anew, and so does its schedule: "
                + $"what {origin.Configuration.Optimizer.Name} remembers says nothing to it";
        if (fork.Split.Validation.Length > 0
            && ReferenceEquals(fork.Data, origin.Data)
            && fork.Split.Validation.Intersect(origin.Split.Training).Any())
            yield return "some samples that are now held out were trained on before: "
                + "validation results look better than they are";
    }

    private static void RequireSameParameters(RunState old, RunState fresh)
    {
        string[] Leaves(RunState state) =>
        [
            .. from leaf in state.Training.Network.Parameters().Concat(state.Training.Network.Statistics())
               select $"{leaf.Name} ({leaf.Shape})",
        ];
        var (before, now) = (Leaves(old), Leaves(fresh));
        if (before.SequenceEqual(now))
            return;
        var (lost, added) = (before.Except(now).FirstOrDefault(), now.Except(before).FirstOrDefault());
        throw new UsageException(new Fault(
            nameof(TrainConfiguration.From),
            "the network would have other parameters than the run's, "
            + $"{added ?? $"no {lost}"}{(added is null || lost is null ? "" : $" instead of {lost}")}; "
            + "what can change is how it is trained"));
    }

    // Schedules count updates of the weights, whose number per step would change.
    private static void RequireSameUpdates(OptimizerSettings before, OptimizerSettings now)
    {
        if (before.Name == now.Name && before.Accumulate != now.Accumulate && now.Schedule != RunSchedule.Constant)
            throw new UsageException(new Fault(
                nameof(OptimizerSettings.Accumulate),
                $"it is {before.Accumulate} in the run, and can't change under a schedule, which counts updates"));
    }

    private static RunState Carried(
        TrainConfiguration before, RunState old, TrainConfiguration now, RunState fresh)
    {
        var (training, optimizer) = (old.Training, fresh.Training.Optimizer);
        var network = fresh.Training.Network.WithParameters(training.Network.Parameters())
            .WithStatistics(training.Network.Statistics());
        return new RunState(new TrainingState<float>(
            network, optimizer, Slots(before, training.OptimizerState, now, optimizer.Init(network.Parameters())),
            fresh.Training.Key, training.Step))
        {
            Seconds = old.Seconds, Best = old.Best,
        };
    }

    // Another rule begins anew. What is new beside the same rule begins as it always does.
    private static OptimizerState<float> Slots(
        TrainConfiguration before, OptimizerState<float> old, TrainConfiguration now, OptimizerState<float> fresh)
    {
        if (before.Optimizer.Name != now.Optimizer.Name)
            return fresh;
        var slots = old.Slots.ToDictionary(slot => slot.Name, slot => slot.Values);
        // What was gathered for a mean of two batches is no part of a mean of three.
        var isSameMean = before.Optimizer.Accumulate == now.Optimizer.Accumulate;
        return new OptimizerState<float>(old.Updates, isSameMean ? old.Gathered : 0,
        [
            .. from slot in fresh.Slots
               let isKept = slots.ContainsKey(slot.Name) && (slot.Name != Gathered || isSameMean)
               let values = isKept ? slots[slot.Name] : slot.Values
               select new Slot<float>(slot.Name, slot.Name != Average ? values
                   : Corrected(
                       values, isKept ? before.Optimizer.Average : null, now.Optimizer.Average!.Value, old.Updates)),
        ]);
    }

    // An average is divided by 1 - decay^updates. So a new one is then what the parameters are, and one with another
    // decay what it was.
    private static Parameters<float> Corrected(
        Parameters<float> parameters, double? before, double now, int updates)
    {
        if (updates == 0 || before == now)
            return parameters;
        return parameters.WithVector(
            parameters.ToVector() * (float)(Weight(now) / (before is { } decay ? Weight(decay) : 1)));

        double Weight(double decay)
        {
            var power = 1.0;
            for (var update = 0; update < updates && power > 0; update++)
                power *= decay;
            return 1 - power;
        }
    }

    private static bool HasSameSamples(TrainingRun origin, TrainingRun fork) =>
        origin.StepsPerEpoch == fork.StepsPerEpoch
        && (ReferenceEquals(origin.Data, fork.Data)
            || (RunEnvironment.Of(origin.Data) is var a && RunEnvironment.Of(fork.Data) is var b
                && (a.Training, a.Test) == (b.Training, b.Test)))
        && origin.Split.Training.SequenceEqual(fork.Split.Training)
        && origin.Split.Validation.SequenceEqual(fork.Split.Validation);
}
