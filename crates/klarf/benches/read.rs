//! How fast a flat file is read, beside a bare scan for line breaks over the same bytes.

// The macros of criterion make public functions without a doc.
#![allow(missing_docs)]

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use klarf::{Event, Reader};

/// Some 30 MB.
const DEFECTS: u32 = 500_000;

/// A 300 mm wafer with a common row of 17 columns, positions spread over its dies.
fn file() -> Vec<u8> {
    let mut text = String::from(
        "FileVersion 1 2;\nFileTimestamp 01-02-24 03:04:05;\nInspectionStationID \"V\" \"M\" \"E\";\n\
         SampleType WAFER;\nResultTimestamp 01-02-24 03:04:05;\nLotID \"LOT\";\nSampleSize 1 300;\n\
         DeviceID \"D\";\nSetupID \"R\" 01-02-24 03:04:05;\nStepID \"S\";\n\
         SampleOrientationMarkType NOTCH;\nOrientationMarkLocation DOWN;\n\
         DiePitch 5.0000000000e+003 7.0000000000e+003;\nDieOrigin 0.0000000000e+000 0.0000000000e+000;\n\
         WaferID \"01\";\nSlot 1;\nSampleCenterLocation 2.5000000000e+003 3.5000000000e+003;\n\
         InspectionTest 1;\nAreaPerTest 7.0000000000e+010;\n\
         DefectRecordSpec 17 DEFECTID XREL YREL XINDEX YINDEX XSIZE YSIZE DEFECTAREA DSIZE CLASSNUMBER \
         TEST CLUSTERNUMBER ROUGHBINNUMBER FINEBINNUMBER REVIEWSAMPLE IMAGECOUNT IMAGELIST ;\nDefectList\n",
    );
    for id in 1..=DEFECTS {
        let (a, b) = (
            id.wrapping_mul(2_654_435_761),
            id.wrapping_mul(2_246_822_519),
        );
        writeln!(
            text,
            " {id} {}.{:03} {}.{:03} {} {} {}.{:03} 0.{:03} 0.{:06} 1.250 {} 1 {} {} 0 0 0 0",
            a % 5000,
            b % 1000,
            b % 7000,
            a % 1000,
            (a >> 16) % 40,
            (b >> 16) % 28,
            a % 9,
            b % 1000,
            a % 1000,
            b % 1_000_000,
            b % 300,
            a % 20,
            b % 120,
        )
        .expect("writing to a string");
    }
    text.truncate(text.len() - 1);
    text += ";\nEndOfFile;\n";
    text.into_bytes()
}

fn read(bytes: &[u8]) -> u64 {
    let mut reader = Reader::new(bytes);
    let mut defects = 0;
    while let Some(event) = reader.next_event().expect("the file is sound") {
        if let Event::Defects(batch) = event {
            defects += black_box(batch.defects()).len() as u64;
        }
    }
    defects
}

fn flat(criterion: &mut Criterion) {
    let bytes = file();
    assert_eq!(read(&bytes), u64::from(DEFECTS));
    let mut group = criterion.benchmark_group("flat");
    group.sample_size(10);
    group.throughput(Throughput::BytesDecimal(bytes.len() as u64));
    group.bench_function("line breaks", |b| {
        b.iter(|| memchr::memchr_iter(b'\n', black_box(&bytes)).count());
    });
    group.bench_function("defects", |b| b.iter(|| read(black_box(&bytes))));
    group.finish();
}

criterion_group!(benches, flat);
criterion_main!(benches);
