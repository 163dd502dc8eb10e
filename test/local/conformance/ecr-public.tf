resource "aws_ecrpublic_repository" "open" {
  repository_name = "open-images"
  catalog_data {
    description = "Revision ${var.rev}"
  }
}
