using System.Globalization;

namespace Functional.Host.Runs;

/// <summary>How often a run is saved, as text: <c>5</c> is every fifth epoch, <c>10m</c> every ten minutes (in the
/// middle of an epoch if need be), <c>none</c> only at its end, which all include.</summary>
/// <param name="Epochs">The epochs from one checkpoint to the next, if they count.</param>
/// <param name="Minutes">The minutes from one checkpoint to the next, if they count.</param>
internal readonly record struct CheckpointInterval(int? Epochs, double? Minutes)
{
    private const string None = "none", Form = "a number of epochs from 1 on, of minutes as in 10m, or none";

    /// <summary>After each epoch.</summary>
    public static CheckpointInterval EachEpoch { get; } = new(1, null);

    /// <summary>Reads an interval.</summary>
    /// <exception cref="UsageException">The text is not an interval.</exception>
    public static CheckpointInterval Parse(string text)
    {
        if (text.Given() == None)
            return default;
        // .NET takes a number with NULs behind it for that number.
        if (text.Contains('\0'))
            throw TrainOptions.Expected(Form, text);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var epochs) && epochs >= 1)
            return new(epochs, null);
        return text.EndsWith('m')
            && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture, out var minutes)
            && minutes > 0 && double.IsFinite(minutes)
                ? new(null, minutes) : throw TrainOptions.Expected(Form, text);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Epochs is { } epochs ? epochs.ToString(CultureInfo.InvariantCulture)
        : Minutes is { } minutes ? $"{TrainOptions.Text(minutes)}m"
        : None;
}
