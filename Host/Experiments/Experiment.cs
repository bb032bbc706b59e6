namespace Functional.Host.Experiments;

/// <summary>One experiment: what it runs, and what is to be seen in it. Those of the book are in <see cref="Book"/>;
/// others are run the same way, by <see cref="ExperimentRunner"/>.</summary>
public abstract class Experiment
{
    /// <summary>What the command line and the files call it, as in <c>weight-init</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Where the book has it, as in <c>6.2.4</c>; empty if nowhere.</summary>
    public virtual string Section => "";

    /// <summary>What it is about, in a few words.</summary>
    public abstract LocalizedText Title { get; }

    /// <summary>What a reader can answer for himself before he looks; may be empty.</summary>
    public virtual LocalizedText Question => "";

    /// <summary>Runs it. Everything that it gives is a function of what the lab was set up with.</summary>
    public abstract ExperimentReport Run(Lab lab);
}
