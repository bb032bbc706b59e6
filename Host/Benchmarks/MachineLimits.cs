using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Host.Benchmarks;

/// <summary>What this machine can do at best: the limits that everything else is compared with.</summary>
internal static class MachineLimits
{
    private const int Rounds = 250_000;
    private const int Chains = 12;

    // Beyond the caches of any processor, unless that is more than a machine can spare.
    private const long LongestArray = 512L << 20;
    private const int ShareOfMemory = 16;

    /// <summary>Fused multiply-adds on the widest vectors that the processor has, in registers alone.</summary>
    public static Peak MeasurePeak<T>(int threads, double seconds) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (bits, loop) = Widest<T>();
        var time = Timing.Fastest(seconds, () => Together(threads, _ => loop()));
        var operations = 2.0 * Chains * Rounds * (bits / 8 / Unsafe.SizeOf<T>()) * threads;
        return new Peak(NameOf<T>(), threads, bits, operations / time / 1e9);
    }

    /// <summary>A sum over an array, and a = b + s c over three.</summary>
    public static IEnumerable<Bandwidth> MeasureBandwidth(int[] threadCounts, double seconds)
    {
        var bytes = Math.Min(LongestArray, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ShareOfMemory);
        var arrays = Enumerable.Range(0, 3).Select(_ => new float[bytes / sizeof(float)]).ToArray();
        foreach (var array in arrays)
            array.AsSpan().Fill(1);
        foreach (var threads in threadCounts)
        {
            var part = arrays[0].Length / threads;
            var read = Timing.Fastest(seconds, () => Together(
                threads, i => TensorPrimitives.Sum<float>(arrays[0].AsSpan(i * part, part))));
            var triad = Timing.Fastest(seconds, () => Together(threads, i => TensorPrimitives.MultiplyAdd(
                arrays[0].AsSpan(i * part, part), 0.5f, arrays[1].AsSpan(i * part, part),
                arrays[2].AsSpan(i * part, part))));
            yield return new Bandwidth("read", threads, bytes / read / 1e9);
            yield return new Bandwidth("triad", threads, 3 * bytes / triad / 1e9);
        }
    }

    /// <summary>float32 or double.</summary>
    public static string NameOf<T>() => typeof(T) == typeof(float) ? "float32" : "double";

    private static void Together(int threads, Action<int> body)
    {
        if (threads == 1)
            body(0);
        else
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, body);
    }

    private static (int Bits, Action Loop) Widest<T>() where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector512.IsHardwareAccelerated ? (512, () => Chain<Vector512<T>, Lanes512<T>, T>())
        : Vector256.IsHardwareAccelerated ? (256, () => Chain<Vector256<T>, Lanes256<T>, T>())
        : (128, () => Chain<Vector128<T>, Lanes128<T>, T>());

    // Twelve chains are more than the units and the latency of a processor ask for, and fit into sixteen registers.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TVector Chain<TVector, TLanes, T>() where TLanes
        : ILanes<TVector, T>
        where T : IFloatingPointIeee754<T>
    {
        TVector factor = TLanes.Of(T.CreateChecked(0.75)), term = TLanes.Of(T.CreateChecked(0.25));
        TVector a = term, b = term, c = term, d = term, e = term, f = term;
        TVector g = term, h = term, i = term, j = term, k = term, l = term;
        for (var iteration = 0; iteration < Rounds; iteration++)
        {
            a = TLanes.FusedMultiplyAdd(a, factor, term);
            b = TLanes.FusedMultiplyAdd(b, factor, term);
            c = TLanes.FusedMultiplyAdd(c, factor, term);
            d = TLanes.FusedMultiplyAdd(d, factor, term);
            e = TLanes.FusedMultiplyAdd(e, factor, term);
            f = TLanes.FusedMultiplyAdd(f, factor, term);
            g = TLanes.FusedMultiplyAdd(g, factor, term);
            h = TLanes.FusedMultiplyAdd(h, factor, term);
            i = TLanes.FusedMultiplyAdd(i, factor, term);
            j = TLanes.FusedMultiplyAdd(j, factor, term);
            k = TLanes.FusedMultiplyAdd(k, factor, term);
            l = TLanes.FusedMultiplyAdd(l, factor, term);
        }
        // All of them are used, so that none is left out.
        a = TLanes.FusedMultiplyAdd(a, b, c);
        d = TLanes.FusedMultiplyAdd(d, e, f);
        g = TLanes.FusedMultiplyAdd(g, h, i);
        j = TLanes.FusedMultiplyAdd(j, k, l);
        return TLanes.FusedMultiplyAdd(a, d, TLanes.FusedMultiplyAdd(g, j, term));
    }

    private interface ILanes<TVector, T>
    {
        static abstract TVector Of(T value);
        static abstract TVector FusedMultiplyAdd(TVector a, TVector b, TVector c);
    }

    private readonly struct Lanes512<T> : ILanes<Vector512<T>, T>
    {
        public static Vector512<T> Of(T value) => Vector512.Create(value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<T> FusedMultiplyAdd(Vector512<T> a, Vector512<T> b, Vector512<T> c) =>
            typeof(T) == typeof(float)
                ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
                : Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
    }

    private readonly struct Lanes256<T> : ILanes<Vector256<T>, T>
    {
        public static Vector256<T> Of(T value) => Vector256.Create(value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<T> FusedMultiplyAdd(Vector256<T> a, Vector256<T> b, Vector256<T> c) =>
            typeof(T) == typeof(float)
                ? Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
                : Vector256.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
    }

    private readonly struct Lanes128<T> : ILanes<Vector128<T>, T>
    {
        public static Vector128<T> Of(T value) => Vector128.Create(value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<T> FusedMultiplyAdd(Vector128<T> a, Vector128<T> b, Vector128<T> c) =>
            typeof(T) == typeof(float)
                ? Vector128.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
                : Vector128.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
    }
}
