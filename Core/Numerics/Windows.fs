namespace Functional.Numerics

/// An image painted on zeros: with a margin around it, and zeros between its elements where a stride is undone.
[<Struct>]
type internal Canvas =
    { Channels: int
      ImageHeight: int
      ImageWidth: int
      /// From one element of the image to the next.
      Spread: int
      /// Rows above the image.
      Top: int
      /// Columns left of the image.
      Left: int
      Height: int
      Width: int }

    /// Elements of the image, channel after channel, each row after row.
    member canvas.ImageSize = canvas.Channels * canvas.ImageHeight * canvas.ImageWidth
    /// Elements of the canvas, in the same order.
    member canvas.Size = canvas.Channels * canvas.Height * canvas.Width

/// Windows that slide over all channels of a canvas. Elements of a window are numbered by channel, row and column, and
/// windows by row and column.
[<Struct>]
type internal Windows =
    { Canvas: Canvas
      KernelHeight: int
      KernelWidth: int
      Stride: int
      /// From one element of a window to the next.
      Dilation: int }

    /// Rows of windows.
    member w.Rows = (w.Canvas.Height - w.Dilation * (w.KernelHeight - 1) - 1) / w.Stride + 1
    /// Windows of a row.
    member w.Columns = (w.Canvas.Width - w.Dilation * (w.KernelWidth - 1) - 1) / w.Stride + 1
    /// Windows.
    member w.Count = w.Rows * w.Columns
    /// Elements of a window.
    member w.Size = w.Canvas.Channels * w.KernelHeight * w.KernelWidth

    /// Where a window begins on the canvas.
    member w.Start(window: int) =
        (window / w.Columns * w.Canvas.Width + window % w.Columns) * w.Stride

    /// Where an element of a window is, from its start.
    member w.Offset(element: int) =
        let plane = w.KernelHeight * w.KernelWidth
        let place = element % plane
        element / plane * w.Canvas.Height * w.Canvas.Width
        + (place / w.KernelWidth * w.Canvas.Width + place % w.KernelWidth) * w.Dilation

module internal Windows =
    /// The windows of a convolution.
    let ofImage (channels: int) (height: int) (width: int) (kernelHeight: int) (kernelWidth: int)
        (stride: int) (padding: int) (dilation: int) : Windows =
        { Canvas =
            { Channels = channels
              ImageHeight = height
              ImageWidth = width
              Spread = 1
              Top = padding
              Left = padding
              Height = height + 2 * padding
              Width = width + 2 * padding }
          KernelHeight = kernelHeight
          KernelWidth = kernelWidth
          Stride = stride
          Dilation = dilation }

    /// The windows over dL/dy, which has `outputs` channels, that give dL/dx: one for each element of the image. The
    /// kernel must be rotated by 180 degrees.
    let back (outputs: int) (w: Windows) : Windows =
        let top = w.Dilation * (w.KernelHeight - 1)
        let left = w.Dilation * (w.KernelWidth - 1)
        { w with
            Stride = 1
            Canvas =
                { Channels = outputs
                  ImageHeight = w.Rows
                  ImageWidth = w.Columns
                  Spread = w.Stride
                  Top = top - w.Canvas.Top
                  Left = left - w.Canvas.Left
                  Height = w.Canvas.ImageHeight + top
                  Width = w.Canvas.ImageWidth + left } }
