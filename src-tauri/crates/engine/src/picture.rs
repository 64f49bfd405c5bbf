//! Loads a remote image that a reply names, once a person asks for it.
//!
//! The bytes are a stranger's: they are fetched without anything that says who asks, decoded here
//! under limits, and only pixels, written anew as PNG, go on to the page.

use crate::copy::off_the_workers;
use crate::{Engine, Failure, FailureKind};
use conversation::MessageId;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits};
use markdown::{Element, Node, Tag};
use std::io::Cursor;
use url::Url;

/// The widest and the highest image that is decoded, in pixels.
const LONGEST_SIDE: u32 = 8192;

/// Memory for decoding, in bytes: forty million pixels.
const MEMORY: u64 = 160 * 1024 * 1024;

/// An image is shown no larger than this, in pixels, so that what goes to the page stays small.
const SHOWN_SIDE: u32 = 2048;

/// The same formats, as a request names them.
const ACCEPT: &str = "image/png, image/jpeg, image/gif, image/webp";

/// The formats that are decoded; the rest is no image to us.
const FORMATS: [ImageFormat; 4] = [
    ImageFormat::Png,
    ImageFormat::Jpeg,
    ImageFormat::Gif,
    ImageFormat::WebP,
];

impl Engine {
    /// The pixels of an image that stands in a reply, as PNG.
    ///
    /// # Errors
    /// [`FailureKind::ImageRefused`] when the reply names no such image or its address leads into
    /// a private network, [`FailureKind::ImageTooLarge`], [`FailureKind::ImageNotAnImage`], or
    /// what failed on the way.
    pub async fn load_image(&self, message: MessageId, address: &str) -> Result<Vec<u8>, Failure> {
        let refused = || Failure::new(FailureKind::ImageRefused);
        let named = address.to_owned();
        let blocks = self.shown_blocks(message).await?;
        if !off_the_workers(move || names_image(&blocks, &named)).await? {
            return Err(refused());
        }
        let url = Url::parse(address).map_err(|_error| refused())?;
        let pictures = self.client_for(None).await?.network().public();
        let bytes = pictures.fetch(&url, ACCEPT).await?;
        off_the_workers(move || repaint(&bytes)).await?
    }

    /// What a reply shows: while it runs, and afterwards.
    async fn shown_blocks(&self, message: MessageId) -> Result<Vec<Node>, Failure> {
        if let Some(live) = self.inner.running.live(message) {
            return Ok(live.blocks());
        }
        self.with_store(move |store| Ok(markdown::parse(&store.message(message)?.text)))
            .await
    }
}

fn names_image(blocks: &[Node], address: &str) -> bool {
    blocks.iter().any(|node| match node {
        Node::Text(_) => false,
        Node::Element(Element {
            tag,
            attributes,
            children,
        }) => {
            let named = *tag == Tag::Image && attributes.address.as_deref() == Some(address);
            named || names_image(children, address)
        }
    })
}

/// Decodes an image and writes its pixels anew.
fn repaint(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let image = decode(bytes).map_err(|error| {
        let kind = if matches!(error, ImageError::Limits(_)) {
            FailureKind::ImageTooLarge
        } else {
            FailureKind::ImageNotAnImage
        };
        Failure::new(kind)
    })?;
    let image = if image.width().max(image.height()) > SHOWN_SIDE {
        image.thumbnail(SHOWN_SIDE, SHOWN_SIDE)
    } else {
        image
    };
    let mut png = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut png, CompressionType::Fast, PngFilter::Adaptive);
    image
        .to_rgba8()
        .write_with_encoder(encoder)
        .map_err(|_error| FailureKind::ImageNotAnImage)?;
    Ok(png)
}

/// The first picture in the bytes, the right way up.
fn decode(bytes: &[u8]) -> Result<DynamicImage, ImageError> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    if !reader
        .format()
        .is_some_and(|format| FORMATS.contains(&format))
    {
        let unknown = image::error::ImageFormatHint::Unknown;
        return Err(ImageError::Unsupported(unknown.into()));
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    limits.reserve(decoder.total_bytes())?;
    let orientation = decoder.orientation()?;
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    Ok(image)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::RgbImage;

    fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let image = RgbImage::from_fn(width, height, |x, _| {
            image::Rgb([if x % 2 == 0 { 255 } else { 0 }, 0, 9])
        });
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn size(png: &[u8]) -> (u32, u32) {
        let image = image::load_from_memory_with_format(png, ImageFormat::Png).unwrap();
        (image.width(), image.height())
    }

    #[test]
    fn every_format_comes_back_as_png_and_no_larger_than_it_is_shown() {
        for format in FORMATS {
            let png = repaint(&encoded(30, 20, format)).unwrap();
            assert_eq!(size(&png), (30, 20), "{format:?}");
        }
        let wide = repaint(&encoded(8192, 16, ImageFormat::Png)).unwrap();
        assert_eq!(size(&wide), (2048, 4));
    }

    #[test]
    fn f_04_what_is_no_image_or_too_large_a_one_is_refused_by_name() {
        let whole = encoded(64, 64, ImageFormat::Png);
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>";
        for bytes in [&b""[..], b"hello", svg, &whole[..40]] {
            let error = repaint(bytes).unwrap_err();
            assert_eq!(error.kind, FailureKind::ImageNotAnImage);
        }
        let tall = encoded(1, 8193, ImageFormat::Png);
        let error = repaint(&tall).unwrap_err();
        assert_eq!(error.kind, FailureKind::ImageTooLarge);
    }

    #[test]
    fn an_image_is_named_only_where_it_stands_as_one() {
        let address = "https://example.com/a.png";
        let link = markdown::parse(&format!("[text]({address}) and `![x]({address})`"));
        assert!(!names_image(&link, address));
        let image = markdown::parse(&format!("> - **![x]({address})**"));
        assert!(names_image(&image, address));
        assert!(!names_image(&image, "https://example.com/"));
    }
}
