// SPDX-License-Identifier: Apache-2.0
/** The letters of NĐ 30/2020 annex III, and CV for công văn; the common ones first. Their names are in the catalogues. */
export const TYPES = [
  'CV', 'QĐ', 'CT', 'KH', 'TB', 'BC', 'TTr', 'NQ', 'HD', 'CTr', 'QC', 'QyĐ', 'TC', 'PA', 'ĐA', 'DA', 'BB', 'HĐ', 'CĐ',
  'BGN', 'BTT', 'GUQ', 'GM', 'GGT', 'GNP', 'PG', 'PC', 'PB',
];
