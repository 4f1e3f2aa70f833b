//! The table of lines: data, one element per entry.

use super::{Element, Family, Line, Shell};

const fn line(name: &'static str, energy_ev: f64, weight: f64) -> Line {
    Line {
        name,
        energy_kev: energy_ev / 1_000.0,
        weight,
    }
}

/// Two lines that no energy-dispersive detector separates; `share` is the second's weight beside the first's.
const fn doublet(name: &'static str, [first_ev, second_ev]: [f64; 2], share: f64) -> Line {
    line(name, (first_ev + share * second_ev) / (1.0 + share), 1.0)
}

const fn family(
    shell: Shell,
    edge_ev: f64,
    fluorescence_yield: f64,
    lines: &'static [Line],
) -> Family {
    Family {
        shell,
        edge_kev: edge_ev / 1_000.0,
        fluorescence_yield,
        lines,
    }
}

/// All elements with a table, by atomic number.
#[rustfmt::skip] // one family per line reads as the table that it is
pub static ELEMENTS: &[Element] = &[
    Element { atomic_number: 5, symbol: "B", families: &[
        family(Shell::K, 188.0, 0.0007, &[line("Kα", 183.3, 1.0)]),
    ] },
    Element { atomic_number: 6, symbol: "C", families: &[
        family(Shell::K, 284.2, 0.0014, &[line("Kα", 277.0, 1.0)]),
    ] },
    Element { atomic_number: 7, symbol: "N", families: &[
        family(Shell::K, 409.9, 0.0031, &[line("Kα", 392.4, 1.0)]),
    ] },
    Element { atomic_number: 8, symbol: "O", families: &[
        family(Shell::K, 543.1, 0.0058, &[line("Kα", 524.9, 1.0)]),
    ] },
    Element { atomic_number: 9, symbol: "F", families: &[
        family(Shell::K, 696.7, 0.0092, &[line("Kα", 676.8, 1.0)]),
    ] },
    Element { atomic_number: 11, symbol: "Na", families: &[
        family(Shell::K, 1070.8, 0.021, &[doublet("Kα", [1040.98, 1040.98], 0.5), line("Kβ", 1071.1, 0.01)]),
    ] },
    Element { atomic_number: 12, symbol: "Mg", families: &[
        family(Shell::K, 1303.0, 0.0257, &[doublet("Kα", [1253.6, 1253.6], 0.5), line("Kβ", 1302.2, 0.01)]),
    ] },
    Element { atomic_number: 13, symbol: "Al", families: &[
        family(Shell::K, 1559.0, 0.033, &[doublet("Kα", [1486.7, 1486.27], 0.5), line("Kβ", 1557.45, 0.0132)]),
    ] },
    Element { atomic_number: 14, symbol: "Si", families: &[
        family(Shell::K, 1839.0, 0.0429, &[doublet("Kα", [1739.98, 1739.38], 0.5), line("Kβ", 1835.94, 0.0278)]),
    ] },
    Element { atomic_number: 15, symbol: "P", families: &[
        family(Shell::K, 2145.5, 0.0555, &[doublet("Kα", [2013.7, 2012.7], 0.5), line("Kβ", 2139.1, 0.0498)]),
    ] },
    Element { atomic_number: 16, symbol: "S", families: &[
        family(Shell::K, 2472.0, 0.0707, &[doublet("Kα", [2307.84, 2306.64], 0.5), line("Kβ", 2464.04, 0.0653)]),
    ] },
    Element { atomic_number: 17, symbol: "Cl", families: &[
        family(Shell::K, 2822.0, 0.0885, &[doublet("Kα", [2622.39, 2620.78], 0.5), line("Kβ", 2815.6, 0.0838)]),
    ] },
    Element { atomic_number: 18, symbol: "Ar", families: &[
        family(Shell::K, 3205.9, 0.109, &[doublet("Kα", [2957.7, 2955.63], 0.5), line("Kβ", 3190.5, 0.102)]),
    ] },
    Element { atomic_number: 19, symbol: "K", families: &[
        family(Shell::K, 3608.4, 0.132, &[doublet("Kα", [3313.8, 3311.1], 0.5), line("Kβ", 3589.6, 0.104)]),
    ] },
    Element { atomic_number: 20, symbol: "Ca", families: &[
        family(Shell::K, 4038.5, 0.147, &[doublet("Kα", [3691.68, 3688.09], 0.5), line("Kβ", 4012.7, 0.112)]),
        family(Shell::L, 346.2, 0.00033, &[doublet("Lα", [341.3, 341.3], 0.11), line("Ll", 302.7, 1.0), line("Lη", 306.3, 0.23)]),
    ] },
    Element { atomic_number: 22, symbol: "Ti", families: &[
        family(Shell::K, 4966.0, 0.218, &[doublet("Kα", [4510.84, 4504.86], 0.5), line("Kβ", 4931.81, 0.117)]),
        family(Shell::L, 453.8, 0.0015, &[doublet("Lα", [452.2, 452.2], 0.11), line("Ll", 395.2, 1.44), line("Lη", 401.2, 0.707)]),
    ] },
    Element { atomic_number: 23, symbol: "V", families: &[
        family(Shell::K, 5465.0, 0.253, &[doublet("Kα", [4952.2, 4944.64], 0.5), line("Kβ", 5427.29, 0.122)]),
        family(Shell::L, 512.1, 0.0026, &[doublet("Lα", [511.3, 511.3], 0.11), line("Ll", 446.4, 0.575), line("Lη", 454.0, 0.281)]),
    ] },
    Element { atomic_number: 24, symbol: "Cr", families: &[
        family(Shell::K, 5989.0, 0.286, &[doublet("Kα", [5414.72, 5405.51], 0.5), line("Kβ", 5946.71, 0.134)]),
        family(Shell::L, 574.1, 0.0037, &[doublet("Lα", [572.8, 572.8], 0.11), line("Ll", 500.4, 0.69), line("Lη", 509.6, 0.235)]),
    ] },
    Element { atomic_number: 25, symbol: "Mn", families: &[
        family(Shell::K, 6539.0, 0.319, &[doublet("Kα", [5898.75, 5887.65], 0.5), line("Kβ", 6490.45, 0.125)]),
        family(Shell::L, 638.7, 0.005, &[doublet("Lα", [637.4, 637.4], 0.11), line("Ll", 556.4, 0.39), line("Lη", 567.5, 0.19)]),
    ] },
    Element { atomic_number: 26, symbol: "Fe", families: &[
        family(Shell::K, 7112.0, 0.351, &[doublet("Kα", [6403.84, 6390.84], 0.5), line("Kβ", 7057.98, 0.127)]),
        family(Shell::L, 706.8, 0.0063, &[doublet("Lα", [705.0, 705.0], 0.11), line("Ll", 615.2, 0.309), line("Lη", 628.2, 0.125)]),
    ] },
    Element { atomic_number: 27, symbol: "Co", families: &[
        family(Shell::K, 7709.0, 0.382, &[doublet("Kα", [6930.32, 6915.3], 0.5), line("Kβ", 7649.43, 0.128)]),
        family(Shell::L, 778.1, 0.0077, &[doublet("Lα", [776.2, 776.2], 0.11), line("Ll", 677.9, 0.216), line("Lη", 692.9, 0.0833)]),
    ] },
    Element { atomic_number: 28, symbol: "Ni", families: &[
        family(Shell::K, 8333.0, 0.412, &[doublet("Kα", [7478.15, 7460.89], 0.5), line("Kβ", 8264.66, 0.128)]),
        family(Shell::L, 852.7, 0.0093, &[doublet("Lα", [851.5, 851.5], 0.11), line("Ll", 742.9, 0.141), line("Lη", 760.1, 0.0969)]),
    ] },
    Element { atomic_number: 29, symbol: "Cu", families: &[
        family(Shell::K, 8979.0, 0.441, &[doublet("Kα", [8047.78, 8027.83], 0.5), line("Kβ", 8905.29, 0.132)]),
        family(Shell::L, 932.7, 0.011, &[doublet("Lα", [929.7, 929.7], 0.11), line("Lβ1", 949.8, 0.032), line("Ll", 811.3, 0.084), line("Lη", 831.2, 0.0198)]),
    ] },
    Element { atomic_number: 30, symbol: "Zn", families: &[
        family(Shell::K, 9659.0, 0.469, &[doublet("Kα", [8638.86, 8615.78], 0.5), line("Kβ", 9572.0, 0.126)]),
        family(Shell::L, 1021.8, 0.012, &[doublet("Lα", [1011.7, 1011.7], 0.11), line("Lβ1", 1034.7, 0.168), line("Ll", 883.8, 0.0603), line("Lη", 906.9, 0.0368)]),
    ] },
    Element { atomic_number: 31, symbol: "Ga", families: &[
        family(Shell::K, 10367.0, 0.497, &[doublet("Kα", [9251.74, 9224.82], 0.5), line("Kβ", 10264.2, 0.129)]),
        family(Shell::L, 1116.4, 0.013, &[doublet("Lα", [1097.92, 1097.92], 0.11), line("Lβ1", 1124.8, 0.167), line("Ll", 957.3, 0.0544), line("Lη", 984.2, 0.0251)]),
    ] },
    Element { atomic_number: 32, symbol: "Ge", families: &[
        family(Shell::K, 11103.0, 0.523, &[doublet("Kα", [9886.42, 9855.32], 0.5), line("Kβ", 10982.1, 0.132)]),
        family(Shell::L, 1217.0, 0.015, &[doublet("Lα", [1188.0, 1188.0], 0.11), line("Lβ1", 1218.5, 0.167), line("Ll", 1036.7, 0.0511), line("Lη", 1067.8, 0.02)]),
    ] },
    Element { atomic_number: 33, symbol: "As", families: &[
        family(Shell::K, 11867.0, 0.549, &[doublet("Kα", [10543.72, 10507.99], 0.5), line("Kβ", 11726.2, 0.146)]),
        family(Shell::L, 1323.6, 0.016, &[doublet("Lα", [1282.0, 1282.0], 0.11), line("Lβ1", 1317.0, 0.167), line("Ll", 1119.6, 0.0493), line("Lη", 1155.1, 0.0193)]),
    ] },
    Element { atomic_number: 34, symbol: "Se", families: &[
        family(Shell::K, 12658.0, 0.574, &[doublet("Kα", [11222.4, 11181.4], 0.5), line("Kβ", 12495.9, 0.15)]),
        family(Shell::L, 1433.9, 0.018, &[doublet("Lα", [1379.1, 1379.1], 0.11), line("Lβ1", 1419.23, 0.388), line("Ll", 1204.3, 0.0476), line("Lη", 1244.7, 0.0187)]),
    ] },
    Element { atomic_number: 35, symbol: "Br", families: &[
        family(Shell::K, 13474.0, 0.598, &[doublet("Kα", [11924.2, 11877.6], 0.5), line("Kβ", 13291.4, 0.153)]),
        family(Shell::L, 1550.0, 0.02, &[doublet("Lα", [1480.43, 1480.43], 0.11), line("Lβ1", 1525.9, 0.392), line("Ll", 1293.4, 0.0462), line("Lη", 1339.5, 0.0182)]),
    ] },
    Element { atomic_number: 38, symbol: "Sr", families: &[
        family(Shell::K, 16105.0, 0.665, &[doublet("Kα", [14165.0, 14097.9], 0.5), line("Kβ", 15835.7, 0.15)]),
        family(Shell::L, 1940.0, 0.026, &[doublet("Lα", [1806.56, 1804.74], 0.11), line("Lβ1", 1871.72, 0.38), line("Ll", 1582.1, 0.0431), line("Lη", 1649.3, 0.0167)]),
    ] },
    Element { atomic_number: 39, symbol: "Y", families: &[
        family(Shell::K, 17038.0, 0.685, &[doublet("Kα", [14958.4, 14882.9], 0.5), line("Kβ", 16737.8, 0.15)]),
        family(Shell::L, 2080.0, 0.028, &[doublet("Lα", [1922.56, 1920.47], 0.11), line("Lβ1", 1995.84, 0.391), line("Ll", 1686.4, 0.0428), line("Lη", 1761.9, 0.0162)]),
    ] },
    Element { atomic_number: 40, symbol: "Zr", families: &[
        family(Shell::K, 17998.0, 0.705, &[doublet("Kα", [15775.1, 15690.9], 0.5), line("Kβ", 17667.8, 0.15)]),
        family(Shell::L, 2223.0, 0.031, &[doublet("Lα", [2042.36, 2039.9], 0.11), line("Lβ1", 2124.4, 0.379), line("Lβ2", 2219.4, 0.0177), line("Lγ1", 2302.7, 0.006), line("Lβ3", 2201.1, 0.0522), line("Ll", 1792.0, 0.0421), line("Lη", 1876.4, 0.0153)]),
    ] },
    Element { atomic_number: 41, symbol: "Nb", families: &[
        family(Shell::K, 18986.0, 0.724, &[doublet("Kα", [16615.1, 16521.0], 0.5), line("Kβ", 18622.5, 0.15)]),
        family(Shell::L, 2371.0, 0.034, &[doublet("Lα", [2165.89, 2163.0], 0.11), line("Lβ1", 2257.4, 0.325), line("Lβ2", 2367.0, 0.033), line("Lγ1", 2461.8, 0.0097), line("Lβ3", 2334.7, 0.0643), line("Ll", 1902.1, 0.0417), line("Lη", 1996.3, 0.0129)]),
    ] },
    Element { atomic_number: 42, symbol: "Mo", families: &[
        family(Shell::K, 20000.0, 0.742, &[doublet("Kα", [17479.34, 17374.3], 0.5), line("Kβ", 19608.3, 0.15)]),
        family(Shell::L, 2520.0, 0.037, &[doublet("Lα", [2293.16, 2289.85], 0.11), line("Lβ1", 2394.81, 0.327), line("Lβ2", 2518.3, 0.0451), line("Lγ1", 2623.5, 0.0134), line("Lβ3", 2473.2, 0.063), line("Ll", 2015.6, 0.0415), line("Lη", 2120.5, 0.0128)]),
    ] },
    Element { atomic_number: 44, symbol: "Ru", families: &[
        family(Shell::K, 22117.0, 0.776, &[doublet("Kα", [19279.2, 19150.4], 0.5), line("Kβ", 21656.8, 0.15)]),
        family(Shell::L, 2838.0, 0.043, &[doublet("Lα", [2558.55, 2554.31], 0.11), line("Lβ1", 2683.23, 0.33), line("Lβ2", 2836.0, 0.0726), line("Lγ1", 2964.5, 0.0218), line("Lβ3", 2763.4, 0.0654), line("Ll", 2252.9, 0.0411), line("Lη", 2381.9, 0.0126)]),
    ] },
    Element { atomic_number: 45, symbol: "Rh", families: &[
        family(Shell::K, 23220.0, 0.792, &[doublet("Kα", [20216.1, 20073.7], 0.5), line("Kβ", 22723.6, 0.15)]),
        family(Shell::L, 3004.0, 0.046, &[doublet("Lα", [2696.74, 2692.05], 0.11), line("Lβ1", 2834.41, 0.335), line("Lβ2", 3001.3, 0.0854), line("Lγ1", 3143.8, 0.0262), line("Lβ3", 2915.7, 0.0667), line("Ll", 2376.7, 0.0411), line("Lη", 2519.0, 0.0126)]),
    ] },
    Element { atomic_number: 46, symbol: "Pd", families: &[
        family(Shell::K, 24350.0, 0.807, &[doublet("Kα", [21177.1, 21020.1], 0.5), line("Kβ", 23818.7, 0.15)]),
        family(Shell::L, 3173.0, 0.049, &[doublet("Lα", [2838.61, 2833.29], 0.11), line("Lβ1", 2990.22, 0.344), line("Lβ2", 3171.79, 0.103), line("Lγ1", 3328.7, 0.0326), line("Lβ3", 3072.8, 0.0682), line("Ll", 2503.4, 0.0412), line("Lη", 2660.4, 0.0129)]),
    ] },
    Element { atomic_number: 47, symbol: "Ag", families: &[
        family(Shell::K, 25514.0, 0.822, &[doublet("Kα", [22162.92, 21990.3], 0.5), line("Kβ", 24942.4, 0.15)]),
        family(Shell::L, 3351.0, 0.052, &[doublet("Lα", [2984.31, 2978.21], 0.11), line("Lβ1", 3150.94, 0.352), line("Lβ2", 3347.81, 0.117), line("Lγ1", 3519.59, 0.0374), line("Lβ3", 3234.4, 0.0737), line("Ll", 2633.6, 0.0413), line("Lη", 2806.2, 0.0131)]),
    ] },
    Element { atomic_number: 49, symbol: "In", families: &[
        family(Shell::K, 27940.0, 0.849, &[doublet("Kα", [24209.7, 24002.0], 0.5), line("Kβ", 27275.9, 0.15)]),
        family(Shell::L, 3730.0, 0.06, &[doublet("Lα", [3286.94, 3279.29], 0.11), line("Lβ1", 3487.21, 0.362), line("Lβ2", 3713.81, 0.137), line("Lγ1", 3920.81, 0.0454), line("Lβ3", 3573.2, 0.0878), line("Ll", 2904.5, 0.0415), line("Lη", 3112.4, 0.0132)]),
    ] },
    Element { atomic_number: 50, symbol: "Sn", families: &[
        family(Shell::K, 29200.0, 0.861, &[doublet("Kα", [25271.3, 25044.0], 0.5), line("Kβ", 28486.0, 0.15)]),
        family(Shell::L, 3929.0, 0.064, &[doublet("Lα", [3443.98, 3435.42], 0.11), line("Lβ1", 3662.8, 0.435), line("Lβ2", 3904.86, 0.147), line("Lγ1", 4131.12, 0.058), line("Lβ3", 3750.3, 0.155), line("Ll", 3045.0, 0.0416), line("Lη", 3272.3, 0.0158)]),
    ] },
    Element { atomic_number: 51, symbol: "Sb", families: &[
        family(Shell::K, 30491.0, 0.872, &[doublet("Kα", [26359.1, 26110.8], 0.5), line("Kβ", 29725.6, 0.15)]),
        family(Shell::L, 4132.0, 0.069, &[doublet("Lα", [3604.72, 3595.32], 0.11), line("Lβ1", 3843.57, 0.428), line("Lβ2", 4100.78, 0.156), line("Lγ1", 4347.79, 0.0606), line("Lβ3", 3932.7, 0.151), line("Ll", 3188.5, 0.0419), line("Lη", 3436.7, 0.0155)]),
    ] },
    Element { atomic_number: 52, symbol: "Te", families: &[
        family(Shell::K, 31814.0, 0.883, &[doublet("Kα", [27472.3, 27201.7], 0.5), line("Kβ", 30995.7, 0.15)]),
        family(Shell::L, 4341.0, 0.074, &[doublet("Lα", [3769.33, 3758.8], 0.11), line("Lβ1", 4029.58, 0.432), line("Lβ2", 4301.7, 0.163), line("Lγ1", 4570.9, 0.0638), line("Lβ3", 4120.5, 0.146), line("Ll", 3335.4, 0.0419), line("Lη", 3606.0, 0.0154)]),
    ] },
    Element { atomic_number: 56, symbol: "Ba", families: &[
        family(Shell::L, 5247.0, 0.097, &[doublet("Lα", [4466.26, 4450.9], 0.11), line("Lβ1", 4827.53, 0.43), line("Lβ2", 5156.5, 0.191), line("Lγ1", 5531.1, 0.0749), line("Lβ3", 4926.6, 0.138), line("Ll", 3954.2, 0.043), line("Lη", 4330.8, 0.0151)]),
    ] },
    Element { atomic_number: 57, symbol: "La", families: &[
        family(Shell::L, 5483.0, 0.104, &[doublet("Lα", [4650.97, 4634.23], 0.11), line("Lβ1", 5042.1, 0.426), line("Lβ2", 5383.5, 0.196), line("Lγ1", 5788.5, 0.0766), line("Lβ3", 5142.9, 0.134), line("Ll", 4121.4, 0.0432), line("Lη", 4529.3, 0.015)]),
        family(Shell::M, 836.0, 0.0, &[line("Mα", 833.0, 1.0), line("Mβ", 854.0, 0.9), line("Mγ", 1027.0, 0.1), line("Mζ", 638.0, 0.07)]),
    ] },
    Element { atomic_number: 58, symbol: "Ce", families: &[
        family(Shell::L, 5723.0, 0.111, &[doublet("Lα", [4840.2, 4823.0], 0.11), line("Lβ1", 5262.2, 0.43), line("Lβ2", 5613.4, 0.194), line("Lγ1", 6052.0, 0.0764), line("Lβ3", 5363.4, 0.133), line("Ll", 4288.8, 0.0436), line("Lη", 4729.6, 0.015)]),
        family(Shell::M, 883.8, 0.0011, &[line("Mα", 883.0, 1.0), line("Mβ", 902.0, 0.9), line("Mγ", 1075.0, 0.1), line("Mζ", 676.0, 0.07)]),
    ] },
    Element { atomic_number: 72, symbol: "Hf", families: &[
        family(Shell::L, 9561.0, 0.231, &[doublet("Lα", [7899.0, 7844.6], 0.11), line("Lβ1", 9022.7, 0.462), line("Lβ2", 9347.3, 0.205), line("Lγ1", 10515.8, 0.0897), line("Lβ3", 9163.1, 0.132), line("Ll", 6959.8, 0.0509), line("Lη", 8138.5, 0.0158)]),
        family(Shell::M, 1662.0, 0.0186, &[line("Mα", 1644.6, 1.0), line("Mβ", 1699.3, 0.594), line("Mγ", 1893.9, 0.0851), line("Mζ", 1281.3, 0.06)]),
    ] },
    Element { atomic_number: 73, symbol: "Ta", families: &[
        family(Shell::L, 9881.0, 0.243, &[doublet("Lα", [8146.1, 8087.9], 0.11), line("Lβ1", 9343.1, 0.462), line("Lβ2", 9651.8, 0.208), line("Lγ1", 10895.2, 0.0907), line("Lβ3", 9487.5, 0.133), line("Ll", 7173.1, 0.0515), line("Lη", 8428.1, 0.0158)]),
        family(Shell::M, 1735.0, 0.0205, &[line("Mα", 1710.0, 1.0), line("Mβ", 1768.2, 0.594), line("Mγ", 1964.7, 0.0851), line("Mζ", 1330.6, 0.0134)]),
    ] },
    Element { atomic_number: 74, symbol: "W", families: &[
        family(Shell::L, 10207.0, 0.255, &[doublet("Lα", [8397.6, 8335.2], 0.11), line("Lβ1", 9672.35, 0.368), line("Lβ2", 9961.5, 0.214), line("Lγ1", 11285.9, 0.0566), line("Lβ3", 9818.8, 0.0708), line("Ll", 7387.2, 0.0417)]),
        family(Shell::M, 1809.0, 0.0214, &[line("Mα", 1775.4, 1.0), line("Mβ", 1835.1, 0.594), line("Mγ", 2035.6, 0.0851), line("Mζ", 1383.9, 0.0134)]),
    ] },
    Element { atomic_number: 77, symbol: "Ir", families: &[
        family(Shell::L, 11215.0, 0.294, &[doublet("Lα", [9175.1, 9099.5], 0.11), line("Lβ1", 10708.3, 0.417), line("Lβ2", 10920.3, 0.216), line("Lγ1", 12512.6, 0.0854), line("Lβ3", 10867.8, 0.0874), line("Ll", 8041.5, 0.0543), line("Lη", 9650.4, 0.0143)]),
        family(Shell::M, 2040.0, 0.024, &[line("Mα", 1979.9, 1.0), line("Mβ", 2052.7, 0.594), line("Mγ", 2255.8, 0.0851), line("Mζ", 1546.1, 0.0134)]),
    ] },
    Element { atomic_number: 78, symbol: "Pt", families: &[
        family(Shell::L, 11564.0, 0.306, &[doublet("Lα", [9442.3, 9361.8], 0.11), line("Lβ1", 11070.7, 0.409), line("Lβ2", 11250.5, 0.218), line("Lγ1", 12942.0, 0.0845), line("Lβ3", 11234.5, 0.0783), line("Ll", 8267.7, 0.0554), line("Lη", 9976.6, 0.014)]),
        family(Shell::M, 2122.0, 0.0248, &[line("Mα", 2050.5, 1.0), line("Mβ", 2127.6, 0.594), line("Mγ", 2332.1, 0.0851), line("Mζ", 1602.6, 0.0134)]),
    ] },
    Element { atomic_number: 79, symbol: "Au", families: &[
        family(Shell::L, 11919.0, 0.32, &[doublet("Lα", [9713.3, 9628.0], 0.11), line("Lβ1", 11442.3, 0.402), line("Lβ2", 11584.7, 0.219), line("Lγ1", 13381.7, 0.0841), line("Lβ3", 11609.8, 0.069), line("Ll", 8493.8, 0.0562), line("Lη", 10308.7, 0.0138)]),
        family(Shell::M, 2206.0, 0.0256, &[line("Mα", 2122.9, 1.0), line("Mβ", 2204.7, 0.594), line("Mγ", 2409.1, 0.0851), line("Mζ", 1660.3, 0.0134)]),
    ] },
    Element { atomic_number: 82, symbol: "Pb", families: &[
        family(Shell::L, 13035.0, 0.36, &[doublet("Lα", [10551.5, 10449.5], 0.11), line("Lβ1", 12613.7, 0.384), line("Lβ2", 12622.6, 0.224), line("Lγ1", 14764.4, 0.0826), line("Lβ3", 12794.4, 0.0605), line("Ll", 9184.5, 0.0586), line("Lη", 11349.3, 0.0132)]),
        family(Shell::M, 2484.0, 0.0308, &[line("Mα", 2345.5, 1.0), line("Mβ", 2442.7, 0.641), line("Mγ", 2653.5, 0.218), line("Mζ", 1839.5, 0.0058)]),
    ] },
    Element { atomic_number: 83, symbol: "Bi", families: &[
        family(Shell::L, 13419.0, 0.373, &[doublet("Lα", [10838.8, 10730.9], 0.11), line("Lβ1", 13023.5, 0.4), line("Lβ2", 12979.9, 0.228), line("Lγ1", 15247.7, 0.08), line("Lβ3", 13210.6, 0.0607), line("Ll", 9419.5, 0.06), line("Lη", 11712.0, 0.0134)]),
        family(Shell::M, 2580.0, 0.0325, &[line("Mα", 2422.6, 1.0), line("Mβ", 2525.7, 0.641), line("Mγ", 2736.9, 0.218), line("Mζ", 1900.7, 0.0058)]),
    ] },
];
