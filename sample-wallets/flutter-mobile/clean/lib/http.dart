import 'dart:io';

HttpClient client() => HttpClient()..connectionTimeout = const Duration(seconds: 10);
