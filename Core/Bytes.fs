namespace Functional

open System

/// How a byte becomes a feature: (byte - Shift) / Divisor.
type ByteScale =
    { /// What is subtracted from a byte.
      Shift: float
      /// What the difference is divided by.
      Divisor: float }

    /// 0 to 1: byte / 255.
    static member Unit = { Shift = 0.0; Divisor = 255.0 }

    /// 0 to 255.
    static member None = { Shift = 0.0; Divisor = 1.0 }

namespace Functional.FSharp

open System
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open MathNet.Numerics.LinearAlgebra
open Microsoft.FSharp.NativeInterop
open Functional
open Functional.Numerics

#nowarn "9" // a pointer, to ask for memory in advance

/// Mini-batches out of samples that stay bytes until they are needed.
[<RequireQualifiedAccess>]
module Bytes =
    /// (byte - mean) / deviation of all the features of the chosen samples; a deviation of 0 counts as 1.
    /// Raises ArgumentException if no samples are chosen, and for an index outside the samples.
    let standardScale (features: int) (pixels: byte[]) (indices: int[]) : ByteScale =
        if features < 1 then invalidArg (nameof features) $"samples can't have {features} features"
        if (given (nameof indices) indices).Length = 0 then
            invalidArg (nameof indices) "there are no samples to take a mean of"
        let samples = (given (nameof pixels) pixels).Length / features
        match indices |> Array.tryFind (fun i -> uint i >= uint samples) with
        | Some i -> invalidArg (nameof indices) $"sample {i} was asked for, but samples are 0 to {samples - 1}"
        | None -> ()
        // Exact counts, so that the order of the samples doesn't matter.
        let counts = Array.zeroCreate<int64> 256
        for i in indices do
            for k in i * features .. (i + 1) * features - 1 do counts[int pixels[k]] <- counts[int pixels[k]] + 1L
        let total = float (Array.sum counts)
        let mean = (counts |> Seq.mapi (fun b n -> float (int64 b * n)) |> Seq.sum) / total
        let variance =
            (counts |> Seq.mapi (fun b n -> float n * (float b - mean) * (float b - mean)) |> Seq.sum) / total
        { Shift = mean; Divisor = if variance > 0.0 then sqrt variance else 1.0 }

    /// (x - shift) / divisor, rounded as a division would nearly always be: a product and one correction of it.
    let inline private scaled
        (x: Vector512<float32>) (shift: Vector512<float32>)
        (divisor: Vector512<float32>) (reciprocal: Vector512<float32>) =
        let x = x - shift
        let q = x * reciprocal
        Vector512.FusedMultiplyAdd(Vector512.FusedMultiplyAdd(-q, divisor, x), reciprocal, q)

    /// One sample; there are at least 16 features, and the last vector overlaps its neighbour.
    let private convertSample (from: ReadOnlySpan<byte>) (into: Span<float32>) (scale: ByteScale) =
        let shift, divisor = Vector512.Create(float32 scale.Shift), Vector512.Create(float32 scale.Divisor)
        let reciprocal = Vector512.Create(1.0f / float32 scale.Divisor)
        let count = from.Length
        let mutable i = 0
        while i < count do
            let first = unativeint (min i (count - 16))
            let bytes = Vector128.LoadUnsafe(&MemoryMarshal.GetReference from, first)
            let x =
                if X86.Avx512F.IsSupported then
                    X86.Avx512F.ConvertToVector512Int32 bytes
                else
                    let low, high = Vector128.WidenLower bytes, Vector128.WidenUpper bytes
                    Vector512.Create(
                        Vector256.Create(Vector128.WidenLower low, Vector128.WidenUpper low),
                        Vector256.Create(Vector128.WidenLower high, Vector128.WidenUpper high)).AsInt32()
            let y = scaled (Vector512.ConvertToSingle x) shift divisor reciprocal
            Vector512.StoreUnsafe(y, &MemoryMarshal.GetReference into, first)
            i <- i + 16

    /// The features that bytes become: the same bits, however many a sample has.
    let private everyByte<'T when Real<'T>> (scale: ByteScale) : 'T[] =
        let table = Array.init 256 (fun b -> Real.number<'T, float> ((float b - scale.Shift) / scale.Divisor))
        if typeof<'T> = typeof<float32> then
            convertSample (ReadOnlySpan [| 0uy .. 255uy |]) (Span(Unsafe.As<float32[]> table)) scale
        table

    /// Features of a batch above which several threads pay off.
    let private threadsFrom = 40_000

    /// Samples by which memory is asked in advance: a mini-batch's are anywhere, and each begins with a cache miss.
    let private ahead = 4

    let private prefetch (pixels: byte[]) (first: int) (count: int) =
        if X86.Sse.IsSupported then
            use start = fixed &pixels[first]
            for line in 0 .. 64 .. count - 1 do X86.Sse.Prefetch0(NativePtr.toVoidPtr (NativePtr.add start line))

    /// The samples at the indices as features x samples. Pixels hold sample after sample.
    /// Raises ArgumentException for an index outside the samples, and if the pixels are no whole samples.
    let inputs<'T when Real<'T>> (scale: ByteScale) (features: int) (pixels: byte[]) (indices: int[]) : Matrix<'T> =
        if features < 1 || (given (nameof pixels) pixels).Length % features <> 0 then
            invalidArg (nameof pixels) $"{pixels.Length} bytes are no whole samples of {features} features"
        if (given (nameof indices) indices).Length = 0 then
            invalidArg (nameof indices) "a batch needs at least one sample"
        let samples = pixels.Length / features
        for i in indices do
            if uint i >= uint samples then
                invalidArg (nameof indices) $"sample {i} was asked for, but samples are 0 to {samples - 1}"
        let elements = Dense.fresh<'T> (features * indices.Length)
        if typeof<'T> = typeof<float32> && features >= 16 then
            let elements = Unsafe.As<float32[]> elements
            Team.split (features * indices.Length >= threadsFrom) indices.Length (fun first stop ->
                for j in first .. stop - 1 do
                    if j + ahead < stop then prefetch pixels (indices[j + ahead] * features) features
                    let from = ReadOnlySpan(pixels, indices[j] * features, features)
                    convertSample from (Span(elements, j * features, features)) scale)
        else
            let table = everyByte scale
            for j in 0 .. indices.Length - 1 do
                for i in 0 .. features - 1 do
                    elements[j * features + i] <- table[int pixels[indices[j] * features + i]]
        Dense.matrix features indices.Length elements

    /// A batch of the samples at the indices. Pixels hold sample after sample.
    /// Raises ArgumentException for an index outside the samples, and if pixels and labels are not of equally many
    /// samples.
    let batch<'T when Real<'T>>
        (scale: ByteScale) (features: int) (pixels: byte[]) (labels: int[]) (indices: int[]) : Batch<'T> =
        let bytes, samples = (given (nameof pixels) pixels).Length, (given (nameof labels) labels).Length
        if features < 1 || int64 features * int64 samples <> int64 bytes then
            invalidArg
                (nameof pixels)
                $"{samples} samples of {features} features can't have {bytes} bytes"
        let inputs = inputs<'T> scale features pixels indices
        Batch.ofFresh inputs (indices |> Array.map (fun i -> labels[i]))

    /// How many of the samples at the indices, each as many bytes of pixels as the network has inputs, are classified
    /// as they are labeled. Raises ArgumentException for an index outside the samples, and for a regression with a
    /// single output.
    let correct (network: Network<'T>) (scale: ByteScale) (pixels: byte[]) (labels: int[]) (indices: int[]) : int =
        let answers () =
            let batch = batch<'T> scale network.Inputs pixels labels indices
            struct (Network.predict network batch.X, batch.T)
        let count (struct (scores, targets)) = Metrics.correctBy network.Loss scores targets
        // A custom layer may keep what it is given; otherwise nothing but the count is left.
        if Network.isBuiltIn network then Scratch<'T>.During(answers, count) else count (answers ())
