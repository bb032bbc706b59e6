using System.Globalization;

namespace Functional.Host.Search;

/// <summary>
/// Hyperparameters as text: <c>learning-rate=log:1e-6..1e-2</c>, <c>dropout=0..0.5</c>, <c>batch-size=int:10..200</c>
/// (or <c>log-int:</c>), <c>optimizer=sgd|adam</c>, and <c>momentum=0.5..0.99 if optimizer=momentum|nesterov</c>.
/// </summary>
internal static class SpaceText
{
    /// <summary>What can be written, for help.</summary>
    public const string Syntax = "NAME=[log:|int:|log-int:]LOW..HIGH or NAME=VALUE|VALUE|...";

    private const string If = " if ";

    /// <summary>Reads a space.</summary>
    /// <exception cref="UsageException">Everything wrong with it, a line each.</exception>
    public static SearchSpace Parse(IEnumerable<string> texts)
    {
        var (hyperparameters, faults) = (new List<Hyperparameter>(), new List<Fault>());
        foreach (var text in texts)
            try
            {
                hyperparameters.Add(Parse(text));
            }
            catch (Exception e) when (e is UsageException or ArgumentException)
            {
                faults.Add(new Fault(nameof(StudySettings.Space), $"'{text}': {e.Reason()}"));
            }
        try
        {
            return faults.Count == 0 ? new SearchSpace(hyperparameters) : throw new UsageException(faults);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(new Fault(nameof(StudySettings.Space), e.Reason()));
        }
    }

    /// <summary>Reads the configurations of <c>--try</c>.</summary>
    /// <exception cref="UsageException">One is none of the space.</exception>
    public static Configuration[] ParseFirst(SearchSpace space, string[] texts)
    {
        try
        {
            return Array.ConvertAll(texts, text => ParseConfiguration(space, text));
        }
        catch (UsageException e)
        {
            throw new UsageException($"--try: {e.Message}");
        }
    }

    /// <summary>Reads a configuration, as in <c>learning-rate=0.1 hidden=50</c>.</summary>
    /// <exception cref="UsageException">It is none of the space.</exception>
    public static Configuration ParseConfiguration(SearchSpace space, string text)
    {
        var texts = new Dictionary<string, string>();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            if (word.Split('=', 2) is not [var name, { Length: > 0 } value])
                throw new UsageException($"'{text}': expected NAME=VALUE with spaces between, found '{word}'");
            else if (space.Hyperparameters.FirstOrDefault(one => one.Name == name) is not { } known)
                throw new UsageException($"'{text}': '{name}' is not in the space");
            else if (known.Domain.Read(value) is null)
                throw new UsageException($"'{text}': {name} is not in {known.Domain}");
            else if (!texts.TryAdd(name, value))
                throw new UsageException($"'{text}': {name} is there twice");
        var left = space.Hyperparameters.FirstOrDefault(one => one.Condition is null && !texts.ContainsKey(one.Name));
        if (left is not null)
            throw new UsageException($"'{text}': a value for {left.Name} is missing");
        var ordered = space.Hyperparameters.Where(one => texts.ContainsKey(one.Name))
            .ToDictionary(one => one.Name, one => texts[one.Name]);
        return space.Read(ordered) ?? throw new UsageException(
            $"'{text}': expected a value for each of '{space}' that has one, and for no other");
    }

    private static Hyperparameter Parse(string text)
    {
        var parts = text.Split(If, 2);
        var (name, domain) = Halves(parts[0]);
        var hyperparameter = new Hyperparameter(name, ParseDomain(domain));
        if (parts.Length == 1)
            return hyperparameter;
        var (other, values) = Halves(parts[1]);
        return hyperparameter.When(other, values.Split('|'));
    }

    private static (string Name, string Values) Halves(string text) =>
        text.Split('=', 2) is [var name, var values] && name.Trim().Length > 0 && values.Trim().Length > 0
            ? (name.Trim(), values.Trim()) : throw new UsageException($"expected {Syntax}");

    private static Domain ParseDomain(string text)
    {
        foreach (var (prefix, logarithmic, integer) in (ReadOnlySpan<(string, bool, bool)>)
            [("log:", true, false), ("int:", false, true), ("log-int:", true, true), ("uniform:", false, false)])
            if (text.StartsWith(prefix, StringComparison.Ordinal))
                return Ends(text[prefix.Length..], integer) is var (low, high)
                    ? new RangeDomain(low, high, logarithmic, integer)
                    : throw new UsageException(
                        $"expected {prefix}LOW..HIGH with two {(integer ? "integers" : "numbers")}");
        return Ends(text, integer: false) is var (least, most)
            ? new RangeDomain(least, most)
            : new ChoiceDomain(text.Split('|'));
    }

    private static (double Low, double High)? Ends(string text, bool integer) =>
        text.Split("..") is [var low, var high]
            && Number(low, integer) is { } least && Number(high, integer) is { } most
            ? (least, most) : null;

    private static double? Number(string text, bool integer) =>
        !integer ? ReadNumber(text)
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;
}
