/** A public set of payments: where it is to be had, and what is done with it. */
export interface PublicFile {
  what: string;
  /** A page where a person gets it. */
  page: string;
  /** The file itself, where it is to be had without signing in. */
  url?: string;
  /** What it is called here. */
  file: string;
  /** Of `assay train`. */
  format: string;
  /** Columns that tell it from a page of excuses. */
  columns: readonly string[];
  /** What has to be done with what the page gives. */
  first?: string;
}

/** By the name that `assay download` takes. Pages and addresses as they were in November 2026. */
export const PUBLIC_FILES: Readonly<Record<string, PublicFile>> = {
  ulb: {
    what: 'card payments of two days as 28 anonymous components, 284,807 rows, 492 frauds (Worldline and ULB)',
    page: 'https://www.kaggle.com/datasets/mlg-ulb/creditcardfraud',
    url: 'https://storage.googleapis.com/download.tensorflow.org/data/creditcard.csv',
    file: 'creditcard.csv',
    format: 'ulb',
    columns: ['Time', 'V1', 'V28', 'Amount', 'Class'],
  },
  sparkov: {
    what: 'made-up card payments of two years in the United States (Sparkov)',
    page: 'https://www.kaggle.com/datasets/kartik2112/fraud-detection',
    file: 'fraudTrain.csv',
    format: 'sparkov',
    columns: ['trans_date_trans_time', 'cc_num', 'amt', 'is_fraud'],
  },
  paysim: {
    what: 'made-up mobile money transfers of a month (PaySim)',
    page: 'https://www.kaggle.com/datasets/ealaxi/paysim1',
    file: 'paysim.csv',
    format: 'paysim',
    columns: ['step', 'nameOrig', 'nameDest', 'isFraud'],
  },
  'ieee-cis': {
    what: 'card payments of an online shop (Vesta, IEEE-CIS)',
    page: 'https://www.kaggle.com/competitions/ieee-fraud-detection/data',
    file: 'train_transaction.csv',
    format: 'ieee-cis',
    columns: ['TransactionID', 'TransactionDT', 'isFraud'],
  },
  tabformer: {
    what: 'made-up card payments of 2,000 users over decades (IBM TabFormer)',
    page: 'https://github.com/IBM/TabFormer',
    file: 'card_transaction.v1.csv',
    format: 'tabformer',
    columns: ['User', 'Card', 'Amount', 'Is Fraud?'],
    first: 'unpack transactions.tgz',
  },
  baf: {
    what: 'made-up applications for a bank account, a million rows (Feedzai, NeurIPS 2022)',
    page: 'https://www.kaggle.com/datasets/sgpjesus/bank-account-fraud-dataset-neurips-2022',
    file: 'Base.csv',
    format: 'baf',
    columns: ['fraud_bool', 'source', 'month'],
  },
  handbook: {
    what: 'made-up card payments of half a year, 1.75 million rows (Fraud Detection Handbook)',
    page: 'https://github.com/Fraud-Detection-Handbook/simulated-data-raw',
    file: 'handbook-transactions.csv.gz',
    format: 'handbook',
    columns: ['TRANSACTION_ID', 'CUSTOMER_ID', 'TERMINAL_ID', 'TX_FRAUD'],
    first: 'join the daily pickles to one CSV: pandas.concat(map(pandas.read_pickle, files)).to_csv(…)',
  },
};
