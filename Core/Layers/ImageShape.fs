namespace Functional

open Functional.FSharp

/// The shape of one sample as an image: its features channel after channel, each row after row.
[<Struct; StructuredFormatDisplay("{Display}")>]
type ImageShape =
    { /// 1 for gray, 3 for color, or the filters of a convolution.
      Channels: int
      /// Rows.
      Height: int
      /// Columns.
      Width: int }

    /// An image of channels x height x width. Raises ArgumentException if one is below 1, or they make too many.
    static member Of(channels: int, height: int, width: int) : ImageShape =
        let shape = { Channels = channels; Height = height; Width = width }
        Faults.refuse shape.Faults
        shape

    /// Features of a sample.
    member shape.Size = shape.Channels * shape.Height * shape.Width
    member private shape.Display = string shape
    override shape.ToString() = $"{shape.Channels} x {shape.Height} x {shape.Width}"

    /// What is wrong with it; empty if nothing is.
    member internal shape.Faults: string list =
        if min shape.Channels (min shape.Height shape.Width) < 1 then [ $"an image can't be {shape}" ]
        elif bigint shape.Channels * bigint shape.Height * bigint shape.Width > bigint System.Int32.MaxValue then
            [ $"an image of {shape} has more than {System.Int32.MaxValue} elements" ]
        else []

/// A layer that takes its samples for images, and makes images of them.
type internal IImageLayer =
    abstract Input: ImageShape
    abstract Output: ImageShape
