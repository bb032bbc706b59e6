using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>What is changed. Of several changes of one thing only the best counts.</summary>
internal enum ChangedThing
{
    /// <summary>The learning rate, or how the optimizer finds it.</summary>
    Rate,

    /// <summary>How many updates there are.</summary>
    Steps,

    /// <summary>How features are scaled.</summary>
    Scale,

    /// <summary>How weights begin.</summary>
    Start,

    /// <summary>The activation of hidden layers.</summary>
    Activation,

    /// <summary>Batch normalization.</summary>
    Normalization,

    /// <summary>How many hidden layers there are.</summary>
    Depth,

    /// <summary>How many units they have.</summary>
    Width,

    /// <summary>What holds weights back: penalties.</summary>
    Penalty,

    /// <summary>Label smoothing.</summary>
    Smoothing,

    /// <summary>Dropout.</summary>
    Dropout,

    /// <summary>Augmentation.</summary>
    Augmentation,

    /// <summary>Clipping.</summary>
    Clipping,

    /// <summary>The optimizer's epsilon.</summary>
    Epsilon,

    /// <summary>The moving average of the weights.</summary>
    Average,

    /// <summary>The data: a column is left out.</summary>
    Data,
}

/// <summary>Something to change in a configuration, to see whether the network then learns more.</summary>
/// <param name="Kind">What is wrong if it does.</param>
/// <param name="Thing">What is changed.</param>
/// <param name="Apply">The configuration with the change.</param>
/// <param name="Description">The change, as in <c>--hidden 64 instead of 2</c>.</param>
/// <param name="Advice">What to do, one sentence with the option.</param>
/// <param name="Head">A head start, in shares of what was missing: more of a direct remedy, less of one that helps
/// against many things.</param>
internal sealed record Change(
    FindingKind Kind, ChangedThing Thing, Func<TrainConfiguration, TrainConfiguration> Apply, string Description,
    string Advice, double Head = 0)
{
    /// <summary>The change alone, without what it replaces.</summary>
    public string Short => Description.Split(" instead of ")[0];
}
