using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Functional.Host.Files;
using Microsoft.FSharp.Core;

namespace Functional.Tests.Formats;

/// <summary>Laws of files: how they are run, and what every reader owes a damaged file.</summary>
public static class Law
{
    private const int LongestLine = 1000;

    // All cases are functions of it, as those of the laws of the core are.
    private static readonly long Seed =
        long.TryParse(Environment.GetEnvironmentVariable("FUNCTIONAL_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 1;

    /// <summary>Raises, naming the seed and the case, if the law does not hold for one of so many cases.</summary>
    public static void Holds<T>(int cases, Gen<T> generator, Action<T> law)
    {
        var replay = FSharpOption<Replay>.Some(new Replay(new Rnd((ulong)Seed), FSharpOption<int>.None));
        var config = Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay(replay).WithQuietOnSuccess(true);
        try
        {
            Check.One(config, Prop.ForAll(generator.ToArbitrary(), law));
        }
        catch (Exception e)
        {
            Assert.Fail($"with FUNCTIONAL_SEED={Seed}: {e.Message}");
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
