// Exercise: random crop. A window of h x w out of an image of H x W has (H - h + 1)(W - w + 1) places.
//
//     dotnet build -c Release && dotnet fsi book/random-crop.fsx

#load "../scripts/Functional.fsx"

open Functional
open Functional.FSharp

// 5 x 6 pixels, row by row, each with a different number: a window's first pixel says where it is from.
let height, width, h, w = 5, 6, 3, 4
let image = [| for pixel in 0 .. height * width - 1 -> float pixel |]

// By hand: an offset is drawn from 0 .. H - h, both included.
let crop top left = Array.concat [ for row in top .. top + h - 1 -> Array.sub image (row * width + left) w ]
let draw places key = Array.head (Key.integers 1 places key)
let randomCrop key = crop (draw (height - h + 1) (Key.child 0 key)) (draw (width - w + 1) (Key.child 1 key))

// With the library: 300 copies of the image, each cropped at its own place.
let copies = 300
let batch = Batch.ofLabels (Matrix.ofColumnSeq (List.replicate copies image)) (List.replicate copies 0)
let cropped =
    Augmentation.apply (Key.ofSeed 1L) [ Augment.Crop(h, w) ] (ImageFormat.Gray(height, width, 1)) batch

let places = set [ for i in 0 .. copies - 1 -> Array.head (randomCrop (Key.ofSeed (int64 i))) ]
let ours = [ for column in cropped.Inputs.EnumerateColumns() -> column.ToArray() ]
let ourPlaces = set [ for window in ours -> window[0] ]
let windows = ours |> List.forall (fun window -> window = crop (int window[0] / width) (int window[0] % width))
let all = (height - h + 1) * (width - w + 1)
printfn $"{places.Count} places by hand, {ourPlaces.Count} with the library, of {all}; \
          each is a window of the image: {windows}"
if not (windows && places = ourPlaces && places.Count = all) then exit 1
