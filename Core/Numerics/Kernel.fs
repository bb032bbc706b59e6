namespace Functional.Numerics

#nowarn "9" "51" "3535" "3536"

open System
open Functional
open Microsoft.FSharp.NativeInterop

/// A matrix in pinned memory: element (i, j) is at Address + i * Row + j * Column, and the array ends at End.
[<Struct; NoEquality; NoComparison>]
type internal View =
    { Address: nativeint
      Row: nativeint
      Column: nativeint
      End: nativeint }

/// What was measured to pay. Nothing here has an effect on results.
[<NoEquality; NoComparison>]
type internal Tuning =
    { /// Longest run of k between storing and resuming the sums; twice that if A is small.
      Depth: int
      /// Bytes of A that are packed together: with some strips of B they fit in the second-level cache.
      BlockOfA: int
      /// Bytes that the columns of op(A) may span to be read in place: beyond, each costs an address translation.
      Span: int
      /// The same where only one strip reads A, and nothing else would read the packed copy: 50 x 784 by 784 x 3 in
      /// doubles takes a third of the time in place.
      SpanOnce: int
      /// Bytes of A, read in place, from which the first strip leaves it packed for the others: the first-level cache.
      KeptA: int
      /// Panels of A from which a transposed B is packed.
      PanelsToPackB: int
      /// Bytes of B that are packed together: a share of the last cache.
      BlockOfB: int
      /// Multiply-adds from which threads pay: handing over takes 3 to 5 microseconds where cores are far apart.
      Threading: int64 }

module internal Tuning =
    let measured =
        { Depth = 512
          BlockOfA = 1 <<< 20
          Span = 256 * 1024
          SpanOnce = 2 <<< 20
          KeptA = 32 * 1024
          PanelsToPackB = 8
          BlockOfB = 4 <<< 20
          Threading = 1_000_000L }

/// Some panels of A for some k: those from FirstPanel up to, not including, NextPanel; Depth k from First on. They are,
/// or are to be, packed at Packed.
[<Struct; NoEquality; NoComparison>]
type internal Block =
    { FirstPanel: int
      NextPanel: int
      First: int
      Depth: int
      Packed: nativeint }

/// One product c = a b on vectors 'V: m x k by k x n, m and n at least 1. Rows are cut into panels of one or two
/// vectors, columns into strips up to a tile wide, and k into blocks.
/// Each element of c is one chain of fused multiply-adds over k = 0, 1, ..., from zero, whatever the tiles, packing,
/// blocks and threads are.
[<Sealed>]
type internal Kernel<'T, 'V, 'S when Real<'T> and 'S: struct and 'S :> ISimd<'V>>
    (tuning: Tuning, m: int, n: int, k: int, a: View, b: View, c: View) =

    let element, width = nativeint sizeof<'T>, nativeint 'S.Width
    let lanes = 'S.Width / sizeof<'T>

    /// Fewer rows than lanes: the unused lanes of a vector lie in the next column.
    let spills = m < lanes
    let vectors = (m + lanes - 1) / lanes
    let panels = (vectors + 1) / 2
    /// Of an odd number of vectors the first is a panel of its own, so that the last two, which overlap, share one: a
    /// sum that two tiles resumed would be added to twice.
    let alone = vectors % 2
    /// Where one vector has all the rows, a tile has registers for twice as many columns; they go in twos.
    let twos = if vectors = 1 then 2 else 1
    let widest = twos * 'S.Columns
    let strips = (n + widest - 1) / widest
    /// The first `larger` strips have `size + 1` columns (or twos), the others `size`.
    let size, larger =
        let columns = (n + twos - 1) / twos
        columns / strips, columns % strips

    /// k of a block; the last one may have fewer.
    let depth =
        let fewPanels = nativeint panels * nativeint tuning.Depth * 4n * width <= nativeint tuning.BlockOfA
        let most = if fewPanels then 2 * tuning.Depth else tuning.Depth
        if spills || k <= most then
            k
        else
            let blocks = (k + most - 1) / most
            (k + blocks - 1) / blocks
    let panelBytes = 2n * width * nativeint depth
    let stripStep = nativeint widest * element
    let stripBytes = stripStep * nativeint depth

    let transposedA = a.Row <> element
    let span = if strips = 1 then tuning.SpanOnce else tuning.Span
    let packA = transposedA || (not spills && a.Column * nativeint k > nativeint span)
    /// Fewer rows than lanes read in place: the vectors of the last columns may end outside the array.
    let copyA = spills && not packA && k > 0 && a.Address + nativeint (k - 1) * a.Column + width > a.End
    /// The first strip leaves A packed for the others.
    let keepA = not (packA || spills) && strips > 2 && panelBytes * nativeint panels > nativeint tuning.KeptA
    let packB = b.Row <> element && panels >= tuning.PanelsToPackB

    /// Runs of memory are copied a few k at a time, those of all panels or strips before the next few: pages in order.
    let few = 8

    let firstVector panel = max 0 (2 * panel - alone)
    /// The last vector ends at row m: it overlaps the one before, and gives the same bits.
    let rowOf vector = if spills then 0 else min (vector * lanes) (m - lanes)
    let firstColumn strip = min n (twos * (strip * size + min strip larger))

    let packPanels (block: Block) =
        let few = if transposedA then block.Depth else few
        let mutable k = 0
        while k < block.Depth do
            let depth = min few (block.Depth - k)
            let from = a.Address + nativeint (block.First + k) * a.Column
            for panel in block.FirstPanel .. block.NextPanel - 1 do
                let vector, next = firstVector panel, firstVector (panel + 1)
                let step = nativeint (next - vector) * width
                let into = block.Packed + nativeint (panel - block.FirstPanel) * panelBytes + nativeint k * step
                for v in vector .. next - 1 do
                    let from, into = from + nativeint (rowOf v) * a.Row, into + nativeint (v - vector) * width
                    if transposedA then Pack.transpose<'T> (min m lanes) depth from a.Row into step
                    else Pack.vectors<'V, 'S> depth from a.Column into step
            k <- k + few

    let packStrips (block: Block) firstStrip nextStrip (packed: nativeint) =
        let mutable k = 0
        while k < block.Depth do
            let depth = min few (block.Depth - k)
            for strip in firstStrip .. nextStrip - 1 do
                let column = firstColumn strip
                let columns = firstColumn (strip + 1) - column
                let from = b.Address + nativeint (block.First + k) * b.Row + nativeint column * b.Column
                let into = packed + nativeint (strip - firstStrip) * stripBytes + nativeint k * stripStep
                Pack.elements<'T> columns depth from b.Row into stripStep
            k <- k + few

    /// All of A unchanged, with a vector's room behind it.
    let copyWhole (into: nativeint) =
        let length = int (nativeint (k - 1) * a.Column + nativeint m * element)
        (Memory.bytes a.Address length).CopyTo(Memory.bytes into length)
        (Memory.bytes (into + nativeint length) (int width)).Clear()

    /// A block of A times a strip of B. packed: A is packed already; packedB: where that strip is, 0 for in place;
    /// aside: room for a tile; lastColumn: columns from there on belong to others.
    let multiply (block: Block) strip packed (packedB: nativeint) (aside: nativeint) lastColumn =
        let column = firstColumn strip
        let columns = firstColumn (strip + 1) - column
        let into = c.Address + nativeint column * c.Column
        // What a vector spills is repaired by the next column, if there is one and it follows at once.
        let behind = nativeint (lastColumn - column - columns + 1) * nativeint m
        let repaired = c.Column = nativeint m * element && nativeint lanes <= behind
        let goAside = spills && not repaired
        for panel in block.FirstPanel .. block.NextPanel - 1 do
            let vector = firstVector panel
            let rows = firstVector (panel + 1) - vector
            let row = rowOf vector
            let second = nativeint (rowOf (vector + rows - 1) - row) * element
            let secondHalf = nativeint (columns / 2)
            let ours = block.Packed + nativeint (panel - block.FirstPanel) * panelBytes
            let t: Operands =
                { Depth = block.Depth
                  A =
                    if packed || copyA then ours
                    else a.Address + nativeint row * element + nativeint block.First * a.Column
                  AStep = if packed then nativeint rows * width else a.Column
                  ASecond = if packed then width else second
                  B =
                    if packedB <> 0n then packedB
                    else b.Address + nativeint column * b.Column + nativeint block.First * b.Row
                  BStep = if packedB <> 0n then stripStep else b.Row
                  BColumn = if packedB <> 0n then element else b.Column
                  BSecond = secondHalf * (if packedB <> 0n then element else b.Column)
                  C = if goAside then aside else into + nativeint row * element
                  CColumn = if goAside then width else c.Column
                  CSecond = if rows > 1 then second else secondHalf * (if goAside then width else c.Column)
                  Resumed = block.First > 0
                  Kept = if keepA && not packed then ours else 0n }
            Tile<'V, 'S>.Run(rows, columns, &t)
        if goAside then Pack.elements<'T> m columns aside width into c.Column

    /// Some panels times some strips, for all k: the work of one thread. Each element of A and of B is packed once,
    /// unless B is so wide that its packed strips would leave the last cache.
    let part firstPanel nextPanel firstStrip nextStrip =
        let fitting (block: int) each = max 1 (int (nativeint block / max 1n each))
        let panelsTogether =
            let all = nextPanel - firstPanel
            if packA then min all (fitting tuning.BlockOfA panelBytes) else all
        let stripsTogether =
            let all = nextStrip - firstStrip
            if packB then min all (fitting tuning.BlockOfB stripBytes) else all
        let bytesOfA =
            if packA || keepA then nativeint panelsTogether * panelBytes
            elif copyA then nativeint k * a.Column + width
            else 0n
        let bytesOfB = if packB then nativeint stripsTogether * stripBytes else 0n
        let bytesAside = if spills then nativeint widest * width else 0n
        let buffer = Memory.rent (bytesOfA + bytesOfB + bytesAside)
        use pin = fixed buffer
        let packedA = Memory.align (NativePtr.toNativeInt pin)
        let roomForB = packedA + bytesOfA
        let aside = roomForB + bytesOfB
        if copyA then copyWhole packedA
        elif packA && spills then (Memory.bytes packedA (int bytesOfA)).Clear()
        let mutable strips = firstStrip
        while strips < nextStrip do
            let nextStrips = min nextStrip (strips + stripsTogether)
            let mutable first = 0
            while first < max 1 k do
                let mutable panel = firstPanel
                while panel < nextPanel do
                    let nextGroup = min nextPanel (panel + panelsTogether)
                    let block =
                        { FirstPanel = panel
                          NextPanel = nextGroup
                          First = first
                          Depth = min depth (k - first)
                          Packed = packedA }
                    if packB && panel = firstPanel then packStrips block strips nextStrips roomForB
                    if packA then packPanels block
                    for strip in strips .. nextStrips - 1 do
                        let packedB = if packB then roomForB + nativeint (strip - strips) * stripBytes else 0n
                        let packed = packA || (keepA && strip > strips)
                        multiply block strip packed packedB aside (firstColumn nextStrip)
                    panel <- nextGroup
                first <- first + max 1 depth
            strips <- nextStrips
        Memory.giveBack buffer

    /// A method of its own, since a closure would be allocated even where none is needed.
    member private _.OnTeam(threads: int) =
        // Each part packs what it reads: by columns a transposed B is packed once in all, and A by each.
        let byRows = panels >= threads && not packB
        let things = if byRows then panels else strips
        // More parts than threads, where that costs nothing: a thread that is ahead takes the next.
        let parts = if byRows && things >= 8 * threads then 4 * threads else min threads things
        Team.splitInto parts things (fun first next ->
            if byRows then part first next 0 strips else part 0 panels first next)

    member kernel.Run() : unit =
        let threads = if int64 m * int64 n * int64 k < tuning.Threading then 1 else Team.threads ()
        if threads > 1 then kernel.OnTeam threads else part 0 panels 0 strips
