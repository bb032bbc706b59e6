using System.Globalization;
using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using Functional.Host.Files;
using Microsoft.FSharp.Core;

namespace Functional.Tests.Formats;

/// <summary>Laws of files: how they are run, and what every reader owes a damaged file.</summary>
public static class Law
{
    private const int LongestLine = 1000;

    // As for the laws of the core: all cases are functions of the seed, which is drawn where none is given.
    private static readonly long Seed = Number("FUNCTIONAL_SEED") ?? Random.Shared.NextInt64(1_000_000_000);
    private static readonly long Usual = Number("FUNCTIONAL_CASES") ?? 200;

    private static long? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Raises, naming the seed, the case and the command that repeats it, if the law does not hold for one of
    /// this many cases (more or fewer, as FUNCTIONAL_CASES is more or fewer than 200). The case is the smallest to be
    /// found.</summary>
    public static void Holds<T>(
        int cases, Gen<T> generator, Func<T, IEnumerable<T>> simpler, Action<T> law,
        [CallerMemberName] string name = "")
    {
        var replay = FSharpOption<Replay>.Some(new Replay(new Rnd((ulong)Seed), FSharpOption<int>.None));
        var count = (int)Math.Max(1, cases * Usual / 200);
        var config = Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(replay).WithQuietOnSuccess(true);
        try
        {
            Check.One(config, Prop.ForAll(Arb.From(generator, simpler), law));
        }
        catch (Exception e)
        {
            Assert.Fail($"""
                {name} does not hold with FUNCTIONAL_SEED={Seed}.

                {e.Message}

                To see it again:
                  FUNCTIONAL_SEED={Seed} dotnet test tests -c Release --filter Name~{name}
                """);
        }
    }

    /// <summary>The reader raises one clear line about the file <c>f</c>, and nothing else.</summary>
    public static void Refused(Action read)
    {
        var message = Assert.Throws<DataException>(read).Message;
        Assert.StartsWith("f: ", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, LongestLine);
        Assert.DoesNotContain(message, char.IsControl);
    }

    /// <summary>What the reader makes of the bytes; null if it refuses them as it must.</summary>
    public static T? Taken<T>(Func<T> read) where T : class
    {
        try
        {
            return read();
        }
        catch (DataException)
        {
            Refused(() => read());
            return null;
        }
    }
}

/// <summary>What may happen to a file, whatever its length.</summary>
/// <param name="Place">Of the byte that changes, as a share of the length in 2^31.</param>
/// <param name="Difference">Of the bits that change.</param>
/// <param name="Cut">How much of the file is left, as a share of the length in 2^31.</param>
public sealed record Damage(int Place, byte Difference, int Cut)
{
    /// <summary>Every place is as likely as any other.</summary>
    public static Gen<Damage> Any { get; } =
        from place in Gen.Choose(0, int.MaxValue)
        from difference in Gen.OneOf(Gen.Choose(0, 7).Select(bit => 1 << bit), Gen.Choose(1, 255))
        from cut in Gen.Choose(0, int.MaxValue)
        select new Damage(place, (byte)difference, cut);

    /// <summary>The file with one byte changed.</summary>
    public byte[] Changed(byte[] bytes)
    {
        byte[] changed = [.. bytes];
        changed[Share(Place, bytes.Length)] ^= Difference;
        return changed;
    }

    /// <summary>The beginning of the file.</summary>
    public byte[] Shortened(byte[] bytes) => bytes[..Share(Cut, bytes.Length)];

    private static int Share(int part, int length) => (int)((long)part * length >> 31);
}
