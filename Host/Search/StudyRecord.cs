using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Functional.Host.Search;

/// <summary>Something that happened in a study. A study is what its records, in order, make of it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "record")]
[JsonDerivedType(typeof(StudyBegun), "study")]
[JsonDerivedType(typeof(TrialTaken), "taken")]
[JsonDerivedType(typeof(TrialReported), "reported")]
[JsonDerivedType(typeof(TrialReleased), "released")]
[JsonDerivedType(typeof(SeedEnded), "seed")]
[JsonDerivedType(typeof(TrialEnded), "ended")]
internal abstract record StudyRecord
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = StudyJson.Default,
        Converters =
        {
            new JsonStringEnumConverter<Direction>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<TrialState>(JsonNamingPolicy.CamelCase),
        },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private static JsonTypeInfo<StudyRecord> TypeInfo =>
        (JsonTypeInfo<StudyRecord>)Options.GetTypeInfo(typeof(StudyRecord));

    /// <summary>The record as one line of JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, TypeInfo);

    /// <summary>Reads what <see cref="ToJson"/> wrote. Raises JsonException for anything else.</summary>
    public static StudyRecord OfJson(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, TypeInfo) ?? throw new JsonException("null");
        }
        // Of an object that doesn't say which record it is.
        catch (NotSupportedException e)
        {
            throw new JsonException(e.Message, e);
        }
    }
}

/// <summary>The first record.</summary>
internal sealed record StudyBegun(
    int Format, IReadOnlyList<string> Space, Direction Direction, string Sampler, string Pruner, long Seed,
    double HeartbeatTimeout, IReadOnlyDictionary<string, string> Constants, int? Round = null,
    int? Seeds = null, IReadOnlyList<IReadOnlyDictionary<string, string>>? First = null,
    IReadOnlyList<Aim>? Aims = null) : StudyRecord
{
    private const int KnownFormat = 1;

    public static StudyBegun Of(StudySettings settings) => new(
        KnownFormat, [.. settings.Space.Hyperparameters.Select(one => one.ToString())], settings.Direction,
        $"{settings.Sampler}", $"{settings.Pruner}", settings.Seed, settings.HeartbeatTimeout, settings.Constants,
        settings.Round, settings.Seeds > 1 ? settings.Seeds : null,
        settings.First.Count > 0 ? [.. settings.First.Select(one => one.Texts.ToDictionary())] : null,
        settings.Aims.Count > 0 ? settings.Aims : null);

    public StudySettings Settings()
    {
        if (Format != KnownFormat)
            throw new UsageException($"it has format {Format}, but this version reads format {KnownFormat}");
        // Lists and dictionaries of JSON may have nulls in them.
        if (Space.Contains(null!) || Constants.Values.Contains(null!) || !Enum.IsDefined(Direction)
            || Aims?.Contains(null!) == true)
            throw new UsageException("its settings are incomplete");
        var settings = new StudySettings(SpaceText.Parse(Space))
        {
            Direction = Direction, Sampler = Search.Sampler.Parse(Sampler), Pruner = Search.Pruner.Parse(Pruner),
            Seed = Seed, HeartbeatTimeout = HeartbeatTimeout, Constants = Constants,
            Seeds = Seeds ?? 1, Aims = Aims ?? [],
        };
        settings = settings with
        {
            First = [.. (First ?? []).Select(texts => texts is not null && settings.Space.Read(texts) is { } first
                ? first : throw new UsageException("it begins with a configuration that is not in its space"))],
        };
        // Studies of earlier versions have no rounds.
        if (Round is { } round)
            settings = settings with { Round = round };
        try
        {
            settings.Check();
            return settings;
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Reason());
        }
    }
}

/// <summary>A worker takes a trial: a new one or, without parameters, one that was given back or whose worker
/// died.</summary>
internal sealed record TrialTaken(int Trial, string Worker, IReadOnlyDictionary<string, string>? Parameters = null)
    : StudyRecord;

/// <summary>An intermediate value that the pruner looks at.</summary>
internal sealed record TrialReported(int Trial, int Report, double Value) : StudyRecord;

/// <summary>A worker gives a trial back.</summary>
internal sealed record TrialReleased(int Trial) : StudyRecord;

/// <summary>A trial has run with one of its seeds, counted from 0.</summary>
internal sealed record SeedEnded(int Trial, string Worker, int Seed, SeedResult Result) : StudyRecord;

/// <summary>A trial has ended.</summary>
internal sealed record TrialEnded(int Trial, string Worker, TrialResult Result) : StudyRecord;
