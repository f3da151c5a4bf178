CREATE TABLE books (
  isbn CHAR(13) NOT NULL,
  title VARCHAR(200) NOT NULL,
  copies INT NOT NULL,
  PRIMARY KEY (isbn)
);

CREATE TABLE loans (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  isbn CHAR(13) NOT NULL,
  `by` VARCHAR(100) NOT NULL,
  PRIMARY KEY (id),
  KEY loans_book_fk (isbn),
  CONSTRAINT loans_book_fk FOREIGN KEY (isbn) REFERENCES books (isbn)
);
